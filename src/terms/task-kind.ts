/** What it takes to solve a task: facts that are looked up in documents, or a line of thought. */
export const TASK_KINDS = ["knowledge", "reasoning"] as const;
export type TaskKind = (typeof TASK_KINDS)[number];
