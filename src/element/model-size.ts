/** Megabytes as downloads are named: 1 MB = 1,000,000 bytes. A `lang` that browsers do not know, "en_US", counts as English. */
export function megabytes(bytes: number, language: string): string {
  const shown = { style: "unit", unit: "megabyte", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(isTag(language) ? language : "en", shown).format(bytes / 1e6);
}

function isTag(language: string): boolean {
  try {
    Intl.getCanonicalLocales(language);
    return true;
  } catch {
    return false;
  }
}
