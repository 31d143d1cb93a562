/** A response that arrives piece by piece, as files come over a network. */
const PIECE = 256 * 1024;

export function inPieces(bytes: Uint8Array<ArrayBuffer>): Response {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent < bytes.length) controller.enqueue(bytes.subarray(sent, sent + PIECE));
      else controller.close();
      sent += PIECE;
    },
  });
  return new Response(body, { headers: { "content-length": String(bytes.length) } });
}
