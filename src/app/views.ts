/** The two views of the page, by the fragment of its address: the chat, and the report, which is fetched when it is first looked at. */
import { find } from "./dom.ts";

const REPORT = "#report";

/** `mountReport` is called once, when the report is first shown; it reports failures itself. */
export function mountViews(mountReport: () => Promise<void>): void {
  const chat = find("#chat");
  const report = find("#report");
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".views a")];
  const skip = find<HTMLAnchorElement>(".skip-link");
  let mounted = false;

  function show(): void {
    const atReport = location.hash === REPORT;
    chat.hidden = atReport;
    report.hidden = !atReport;
    for (const link of links) {
      if ((link.hash === REPORT) === atReport) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    skip.hash = atReport ? REPORT : "#question";
    skip.textContent = atReport ? "Skip to the report" : "Skip to the question box";
    if (!atReport || mounted) return;
    mounted = true;
    void mountReport();
  }

  addEventListener("hashchange", show);
  show();
}
