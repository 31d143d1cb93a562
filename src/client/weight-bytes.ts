/** How much a model folder's weights take to fetch, to be said, or refused, before it is done. */

/** Bytes of `onnx/model.onnx`, or null where the server does not say. `modelUrl` ends with a slash. Never rejects. */
export async function weightBytesOf(modelUrl: string): Promise<number | null> {
  try {
    const response = await fetch(new URL("onnx/model.onnx", modelUrl), { method: "HEAD" });
    const length = Number(response.headers.get("content-length"));
    return response.ok && length > 0 ? length : null;
  } catch {
    return null;
  }
}
