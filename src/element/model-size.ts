/** Megabytes as downloads are named: 1 MB = 1,000,000 bytes. */
export function megabytes(bytes: number, language: string): string {
  const shown = { style: "unit", unit: "megabyte", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language, shown).format(bytes / 1e6);
}
