/** A table on the page. Its first column holds the names of the rows. */
import type { Table } from "../../evaluation/table.ts";
import { clone, element, find } from "../dom.ts";

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
