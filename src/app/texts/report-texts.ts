/** The texts of the report, in the page's language. Apart from the others, since they are fetched when it is looked at. */
export { report as reportTexts } from "./en-report.ts";
