/** `npm run build:lib`: the library in `dist-lib/`: modules, their types, the single file, the embedded model. */
import { buildLibrary } from "./lib/library.ts";

buildLibrary();
