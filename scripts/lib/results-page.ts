/** Reports of the listed evaluations → docs/results.md. Pure. */
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import published from "../../src/evaluation/published.json" with { type: "json" };
import { tablesOf } from "../../src/evaluation/report-tables.ts";
import { asMarkdown, type Table } from "../../src/evaluation/table.ts";
import { headOf } from "./eval-report.ts";
import { commandOf, type ResultsConfig, type ResultsEntry } from "./results-config.ts";

/** What docs/results.json holds: what was found, by the name of the evaluation. */
export type Results = Readonly<Record<string, Result>>;

export interface Result {
  /** Arguments besides those of the list: other limits. */
  readonly limits: readonly string[];
  /** Day of the run. */
  readonly date: string;
  readonly reports: readonly EvaluationReport[];
}

const HEAD = `# Results

Written by \`npm run results\` from what \`scripts/results.json\` lists; not by hand. How questions are asked and
counted, and what each column means: [evaluation.md](evaluation.md). The model: [model-card.md](model-card.md).

Intervals are 95% (bootstrap, paired where modes are compared). The ceiling is what a reader that misses nothing
reaches in the same mode under the same retrieval. Greedy decoding. Times are those of the machine that ran it. The time
that reuse saves with the embedded model is a lower bound for larger ones, which read far fewer bytes of rows for each
operation that they save (\`npm run kv-cost\`).`;

export function resultsPage(config: ResultsConfig, results: Results): string {
  const { evaluations, elsewhere } = config;
  const sections = [
    HEAD,
    ...evaluations.map((entry) => sectionOf(entry, results[entry.name], config)),
    publishedSection(),
    [
      "## What the embedded model cannot show",
      "A person with a GPU and a large model runs these. A model is a folder of an ONNX export with its tokenizer.",
      ...elsewhere.map(({ title, why, command }) => `**${title}.** ${why}\n\n${code(command)}`),
    ].join("\n\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

function sectionOf(entry: ResultsEntry, result: Result | undefined, config: ResultsConfig): string {
  const command = code(commandOf(entry, result?.limits ?? [], config));
  const parts = [`## ${entry.title}`, entry.about, command];
  return [
    ...parts,
    ...(result ? result.reports.flatMap((report) => reportOf(report, result)) : [absent(entry, config)]),
  ].join("\n\n");
}

/** Why there are no figures. */
function absent({ args }: ResultsEntry, { data }: ResultsConfig): string {
  const needed = Object.entries(data).filter(([name]) => args.some((line) => line.includes(`{${name}}`)));
  if (needed.length === 0) return "Not run yet.";
  return needed
    .map(
      ([name, { variable, what }]) =>
        `Not run: it needs ${what}, which is not in the repository. Give its path by \`--data ${name}=PATH\` or \`${variable}\`.`,
    )
    .join(" ");
}

/** The first tables stand open, what explains them behind a fold. */
function reportOf(report: EvaluationReport, { date }: Result): string[] {
  const tables = tablesOf(report);
  const isOpen = ({ title }: Table) =>
    !/by type|where that comes from|stopped after|what it costs|perfect reader/.test(title);
  const shown = (table: Table) => `**${table.title}**\n\n${asMarkdown(table)}`;
  const folded = tables.filter((table) => !isOpen(table)).map(shown);
  return [
    `${headOf(report).split("\n").join(". ")}. ${date}.`,
    ...tables.filter(isOpen).map(shown),
    ...(folded.length > 0
      ? [
          `<details><summary>By type, where it comes from, iterations, costs</summary>\n\n${folded.join("\n\n")}\n\n</details>`,
        ]
      : []),
  ];
}

function publishedSection(): string {
  const rows = Object.entries(published.datasets).flatMap(([dataset, modes]) =>
    Object.entries(modes).map(([mode, { em, f1, steps }]) => [
      dataset,
      mode,
      em.toFixed(1),
      f1?.toFixed(1) ?? "–",
      steps.toFixed(2),
    ]),
  );
  const head = ["dataset", "mode", "EM %", "F1 %", "iterations"];
  return ["## Published", `${published.source}.`, asMarkdown({ title: "", head, rows })].join("\n\n");
}

function code(command: string): string {
  return `\`\`\`\n${command}\n\`\`\``;
}
