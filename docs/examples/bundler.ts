/** With Vite, which moves scripts: it is told of the worker, and gives it an address. */
import { createLag } from "web-lag";
import LagWorker from "web-lag/worker?worker";

export const open = (modelUrl: string) =>
  createLag(modelUrl, { worker: (options) => new LagWorker({ name: options.name! }) });
