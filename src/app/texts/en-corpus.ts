/** What can be wrong with a line of a corpus file, in English. Apart from the others: the element reads corpora too. */
export const corpus = {
  notJson: (line: string) => `is not JSON: ${line}`,
  notObject: (line: string) => `is not an object with "title" and "text": ${line}`,
  noField: (name: string) => `has no "${name}" that is a string`,
  emptyField: (name: string) => `has an empty "${name}"`,
  badLine: (line: number, reason: string) => `Line ${line} ${reason}`,
};
