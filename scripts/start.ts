/** `npm start`: builds the chat demo when needed and serves it. PORT chooses the port (default 4173). */
import { ensureBuilt, serveDist } from "./lib/built-page.ts";

ensureBuilt();
const { port } = await serveDist({ port: Number(process.env.PORT ?? 4173) }).catch((error: Error) => {
  console.error(`The page could not be served: ${error.message}. Choose another port: PORT=5000 npm start`);
  process.exit(1);
});
console.log(`web-lag is at http://localhost:${port}/   (Ctrl+C ends it)`);
