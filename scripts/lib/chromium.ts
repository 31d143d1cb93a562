/**
 * Where Chromium is, and how to start it so that WebGPU works on a machine without a graphics card.
 * Playwright's own browser download is never used.
 */
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { InputError } from "../../src/terms/errors.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/** System package managers that know a package named chromium, and how to ask them for it. */
const INSTALLERS: readonly (readonly string[])[] = [
  ["apt-get", "install", "-y", "-qq", "chromium"],
  ["dnf", "install", "-y", "chromium"],
  ["apk", "add", "chromium"],
  ["pacman", "-S", "--noconfirm", "chromium"],
  ["brew", "install", "--cask", "chromium"],
];

/** The executable: `CHROMIUM` if it is set, else the first known name on the PATH, else undefined. */
export function chromiumOnPath(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.CHROMIUM) return env.CHROMIUM;
  for (const name of NAMES) {
    const found = onPath(name, env);
    if (found) return found;
  }
  return undefined;
}

/** The executable; installs it with the system's package manager when there is none, or explains what to do. */
export function findChromium(): string {
  const found = chromiumOnPath();
  if (found) return found;
  const installer = INSTALLERS.find(([command]) => onPath(command!, process.env));
  if (installer) {
    const [command, ...args] = installer;
    console.error(`No Chromium on the PATH. Installing it: ${installer.join(" ")}`);
    try {
      if (command === "apt-get") execFileSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
      execFileSync(command!, args, { stdio: "inherit" });
    } catch (error) {
      console.error(`That failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    const installed = chromiumOnPath();
    if (installed) return installed;
  }
  throw new Error(
    `No Chromium was found (looked for ${NAMES.join(", ")} on the PATH) and none could be installed. ` +
      "Install Chromium or Chrome, or set CHROMIUM to the path of its executable.",
  );
}

/**
 * Flags under which headless Chromium has a WebGPU adapter and makes no connections of its own. The adapter is a
 * software one, the same on every machine, unless `WEB_LAG_GPU=hardware` asks for the machine's own.
 */
export function chromiumArgs(env: NodeJS.ProcessEnv = process.env): string[] {
  return [
    "--enable-unsafe-webgpu",
    ...adapterArgs(env.WEB_LAG_GPU ?? "software"),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    // Chromium refuses to run its sandbox as root, as it does in most containers.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
}

function adapterArgs(gpu: string): string[] {
  if (gpu === "software") return ["--use-webgpu-adapter=swiftshader"];
  // On Linux, Chromium gives out the machine's own adapter only over Vulkan.
  if (gpu === "hardware") return process.platform === "linux" ? ["--enable-features=Vulkan"] : [];
  throw new InputError(`WEB_LAG_GPU is "${gpu}", expected software or hardware. Set one of them, or none.`);
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
