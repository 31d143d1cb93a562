/** What the model is asked when it writes a cheat sheet: the instruction, the earlier tasks, the new question. Pure text. */
import instruction from "./instruction-reflection.txt?raw";
import type { TraceTokens } from "./modes/mode.ts";
import { onOneLine } from "./user-message.ts";

export interface EarlierTask {
  readonly question: string;
  readonly trace: Pick<TraceTokens, "responses">;
}

export function reflectionMessage(tasks: readonly EarlierTask[], question: string): string {
  const shown = tasks.map(
    ({ question: earlier, trace }, index) =>
      `Earlier task ${index + 1}: ${onOneLine(earlier)}\n${trace.responses.map(line).join("")}\n`,
  );
  return `${instruction}\n\n${shown.join("")}New question: ${question}`;
}

function line(response: string, index: number): string {
  return `- Step ${index + 1}: ${onOneLine(response)}\n`;
}
