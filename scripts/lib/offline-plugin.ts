/** Vite plugin: builds the service worker with the list of everything that the page needs offline. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Plugin } from "vite";

/** Name of the service worker in `dist/`. Not hashed: browsers know it by its address. */
const WORKER = "offline.worker.js";
const PLACEHOLDER = "__SHELL__";

export function offlinePlugin(): Plugin {
  let publicFolder = "";
  return {
    name: "web-lag:offline",
    apply: "build",
    configResolved: (config) => {
      publicFolder = config.publicDir;
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== "chunk") this.error(`The build made no ${WORKER}.`);
        const shell: Record<string, string> = {};
        for (const file of Object.values(bundle)) {
          if (file !== worker) shell[file.fileName] = hashOf(file.type === "chunk" ? file.code : file.source);
        }
        for (const path of filesUnder(publicFolder)) {
          const name = relative(publicFolder, path).split(sep).join("/");
          // Screenshots are for who thinks about installing the page.
          if (!name.startsWith("screenshots/")) shell[name] = hashOf(readFileSync(path));
        }
        if (!worker.code.includes(PLACEHOLDER)) this.error(`${WORKER} has no ${PLACEHOLDER} to fill in.`);
        worker.code = worker.code.replace(PLACEHOLDER, () => JSON.stringify(shell));
      },
    },
  };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
