/** The barrier that is put into one shader of compiled libraries, and into no other. */
import { describe, expect, test } from "vitest";
import { underMergeBarrier, withMergeBarrier } from "../../src/engine/webllm/merge-barrier.ts";

/** The shape of what the compiler writes: several kernels may stand in one text before it. */
const MERGE = `fn merge_state_inplace_kernel(
) {
  s_val[0i] = S[((v__1 * podArgs.H) + i32(threadIdx.y))];
  V[v__2 + 3] = v_vec[3];
  S[((v__1 * podArgs.H) + i32(threadIdx.y))] = (log2(s_val[0i]) + s_max[0i]);
}
`;

describe("merge-barrier", () => {
  test("stands before the last write to S, behind all reads of it", () => {
    const lines = withMergeBarrier(MERGE).split("\n");
    const barrier = lines.indexOf("  workgroupBarrier();");
    expect(lines[barrier - 1]).toBe("  storageBarrier();");
    expect(lines[barrier - 2]).toContain("V[v__2 + 3]");
    expect(lines[barrier + 1]).toContain("  S[((v__1");
    expect(lines.filter((line) => line.includes("Barrier")).length).toBe(2);
  });

  test("what has one is left as it is, and so is every other shader", () => {
    const fixed = withMergeBarrier(MERGE);
    expect(withMergeBarrier(fixed)).toBe(fixed);
    const other = "fn softmax_kernel() {\n  S[0] = 1.0;\n}\n";
    expect(withMergeBarrier(other)).toBe(other);
    const changed = MERGE.replace("\n  S[(", "\n  state[(");
    expect(withMergeBarrier(changed)).toBe(changed);
  });

  test("devices get it while the work runs, and not after it, however it ends", async () => {
    const compiled: string[] = [];
    const prototype = {
      createShaderModule: ({ code }: { code: string }) => {
        compiled.push(code);
        return {} as GPUShaderModule;
      },
    };
    const original = prototype.createShaderModule;
    const { result, changed } = await underMergeBarrier(async () => {
      prototype.createShaderModule({ code: MERGE });
      prototype.createShaderModule({ code: "fn main() {}" });
      return 7;
    }, prototype);
    expect([result, changed]).toEqual([7, 1]);
    expect(compiled).toEqual([withMergeBarrier(MERGE), "fn main() {}"]);
    await expect(underMergeBarrier(() => Promise.reject(new Error("stop")), prototype)).rejects.toThrow(
      "stop",
    );
    expect(prototype.createShaderModule).toBe(original);
  });
});
