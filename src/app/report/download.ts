/** Hands a file to the person, as the browser saves files. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then; the address would keep the content in memory for as long as the page lives.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
