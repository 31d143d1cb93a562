/** A table as cells of text: what stands on the page and what is read aloud is the same. */
import { clone, element, find } from "../dom.ts";

export interface Table {
  readonly title: string;
  /** The first names what a row is about. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The first column holds the names of the rows. */
export function tableElement({ title, head, rows }: Table): HTMLElement {
  const root = clone("figures-template");
  root.setAttribute("aria-label", title); // it scrolls sideways, so it takes the focus
  find("caption", root).textContent = title;
  find("thead tr", root).append(...head.map((text) => headerCell(text, "col")));
  find("tbody", root).append(
    ...rows.map(([name, ...cells]) => {
      const row = element("tr");
      row.append(headerCell(name!, "row"), ...cells.map((text) => element("td", "", text)));
      return row;
    }),
  );
  return root;
}

function headerCell(text: string, scope: "col" | "row"): HTMLElement {
  const cell = element("th", "", text);
  cell.scope = scope;
  return cell;
}
