/**
 * Every shader has its caller, its reference, its tests and its bench, and says where they are; and what the
 * shader declares is what the caller binds.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
// The package's main entry is for the module loader of old Node versions.
import { ResourceType, WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";
import { KERNELS } from "../../src/kernels/check-kernels.ts";
import { PARAMS } from "../../src/kernels/kernel-params.ts";

test("pairs › every shader is a kernel here, and every kernel a shader", () => {
  const shaders = readdirSync("shaders").sort();
  expect(shaders).toEqual(KERNELS.map(({ name }) => `${name}.wgsl`).sort());
});

for (const kernel of KERNELS) {
  const { name } = kernel;
  describe(`pairs › ${name}`, () => {
    const code = readFileSync(`shaders/${name}.wgsl`, "utf8");
    const reflected = new WgslReflect(code);

    test("has its files, and the shader's header names caller and reference", () => {
      const caller = `src/kernels/${name}.ts`;
      const reference = `src/kernels/${name}.reference.ts`;
      const tests = [`tests/browser/kernels/${name}.test.ts`, `tests/unit/${name}.reference.test.ts`];
      for (const path of [caller, reference, ...tests, `bench/${name}.bench.ts`]) {
        expect(existsSync(path), path).toBe(true);
      }
      const header = code.split(/^[^/]/m)[0]!;
      for (const words of [`${name}: `, caller, reference, ...kernel.bindings.map((b) => b.name)]) {
        expect(header).toContain(words);
      }
    });

    test("the caller compiles this shader", () => expect(kernel.code).toBe(code));

    test("bindings agree in name, number and kind", () => {
      const declared = [...reflected.uniforms, ...reflected.storage]
        .sort((a, b) => a.binding - b.binding)
        .map(({ name, group, binding, resourceType, access }) => {
          const storage = access === "read" ? "read-only-storage" : "storage";
          return { name, group, binding, type: resourceType === ResourceType.Uniform ? "uniform" : storage };
        });
      const bound = kernel.bindings.map(({ name, type }, binding) => ({ name, group: 0, binding, type }));
      expect(declared).toEqual(bound);
    });

    test("fields of Params stand where the caller writes them", () => {
      const params = reflected.structs.find((struct) => struct.name === "Params")!;
      const declared = params.members.map(({ name, offset, type }) => [name, offset, type.name]);
      expect(declared).toEqual(PARAMS.map((name, i) => [name, 4 * i, "u32"]));
    });

    test("constants and workgroup size agree", () => {
      expect(reflected.overrides.map((override) => override.name)).toEqual(kernel.constants);
      const [main] = reflected.entry.compute;
      expect(main).toMatchObject({ name: "main" });
      expect(code).toContain(`@workgroup_size(${kernel.workgroupSize})`);
      // The shader counts its invocations by the same number.
      expect(code).toContain(`* ${kernel.workgroupSize}u + local`);
    });
  });
}
