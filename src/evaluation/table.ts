/** A table as cells of text, for whoever prints or draws it. */

export interface Table {
  readonly title: string;
  /** The first names what a row is about. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Columns of text: the first to the left, the others to the right. */
export function asText({ title, head, rows }: Table): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  return [title, ...lines].join("\n");
}

/** Without its title, which belongs to the page. */
export function asMarkdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}
