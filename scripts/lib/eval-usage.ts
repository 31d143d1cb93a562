/** What `npm run eval -- --help` says. */
import { MODES } from "../../src/terms/log.ts";
import { LIMIT_USAGE } from "./limit-options.ts";
import { RETRIEVAL_USAGE } from "./retrieval-options.ts";

export const USAGE = `npm run eval -- --seen FILE --unseen FILE [options]
npm run eval -- --file FILE [--unseen-share 0.3] [--seed 1] [options]

What is asked
  --seen FILE        questions that fill the bank (needed by every mode but none)
  --unseen FILE      questions that are asked; both files of one form: 2WikiMultiHop, MuSiQue,
                     GPQA or MMLU-Pro
  --file FILE        one file in place of the two, split by a seed; again for more datasets
  --unseen-share X   share of --file that is unseen (default 0.3)
  --corpus FILE      JSON lines {"title", "text"} instead of documents made from the two files;
                     with "only": "seen" or "unseen" a document is there only while the bank is
                     filled, or only during the test
  --documents-file FILE
                     one JSON object of all documents instead: title → content (2WikiMultiHop),
                     id → {title, content} (MuSiQue)
  --parts A,B        parts that are asked: unseen (default), seen. Seen questions have their own
                     log in the bank
  --seen-limit N     only the first N seen questions
  --limit N          only the first N questions of each part that is asked
  --again            ask in the other words that the file has ("again")
  --front            put the logs in front that a question names ("front": ids of seen questions)
                     instead of what retrieval finds

How it is asked
  --modes A,B        of ${MODES.slice(0, 5).join(", ")},
                     ${MODES.slice(5).join(", ")}
                     (default: all with seen questions or a dynamic bank, else none)
  --placement WHERE  front (default): logs before begin-of-text. sink-first: behind what every
                     prompt begins with
  --recording HOW    re-encode (default): rows of a pass over the responses. live: those with which
                     the last response was said; of the modes of rows, kv alone reads them
  --bank KIND        static (default): filled by the seen questions, then only read. dynamic: empty
                     at first; all questions of the files in a seeded order, each finished task's
                     log can serve the next. Or both: static,dynamic
  --bank-sizes A,B   a curve over numbers of logs in the static bank: seeded subsets of the seen
                     ones, each within the next; the whole bank is always there
  --ks A,B           a curve over logs a step; that of --logs-per-step is always there
  --seed S           seed of the split, of the dynamic order and of --bank-sizes (default 1)

${LIMIT_USAGE}

${RETRIEVAL_USAGE}

Who answers
  --model WHERE      folder of a model, or its URL (default: the embedded model); again for more
  --backend A,B      wasm (default), webgpu, auto
  --thoughts WHAT    what a thinking model thinks: drop (default): in no log; keep: it begins the
                     responses in logs; off: the model is told not to think
  --workers N        pages that share the questions (default 1)

What comes of it
  --work DIR         where finished questions are kept, every step a part of its line (default .eval)
  --oracle           add a perfect reader under the same retrieval: the ceiling of each mode
  --json             one JSON object on standard output; with several datasets, models or backends
                     one a line

The number of tasks is said before the first is asked. The same command goes on where an earlier
run stopped. WEB_LAG_GPU=hardware in the environment: WebGPU on this machine's graphics card.`;
