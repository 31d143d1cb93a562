/** How much a model folder's weights take to fetch, to be said before it is done. */

/** Bytes of `onnx/model.onnx`, or null where the server does not say. Never rejects. */
export async function weightBytesOf(modelUrl: string): Promise<number | null> {
  try {
    const response = await fetch(new URL("onnx/model.onnx", modelUrl), { method: "HEAD" });
    const length = Number(response.headers.get("content-length"));
    return response.ok && length > 0 ? length : null;
  } catch {
    return null;
  }
}

/** Megabytes as downloads are named: 1 MB = 1,000,000 bytes. */
export function megabytes(bytes: number, language: string): string {
  const shown = { style: "unit", unit: "megabyte", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language, shown).format(bytes / 1e6);
}
