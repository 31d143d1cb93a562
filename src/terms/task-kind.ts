/** What it takes to solve a task: facts that are looked up in documents, a line of thought, or one reply. */
export const TASK_KINDS = ["knowledge", "reasoning", "chat"] as const;
export type TaskKind = (typeof TASK_KINDS)[number];
