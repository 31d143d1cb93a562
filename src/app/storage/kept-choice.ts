/** Small choices that the browser keeps by name. Where it refuses storage, a choice lasts as long as the page. */

export function keptChoice(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keepChoice(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Said above.
  }
}
