/** One request to a hub, and what its status means: an answer, a fault that may pass, or an error that names the cure. */
import { DownloadError, messageOf } from "../terms/errors.ts";
import type { HubAddress } from "./hub-address.ts";
import { PassingError, type Patience } from "./patience.ts";

export type HubFetch = (
  url: string,
  init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
) => Promise<Response>;

/** How a hub is spoken to. */
export interface HubAccess {
  readonly fetch: HubFetch;
  /** Goes to the hub's own address only, with every request. Kept nowhere. */
  readonly token?: string | undefined;
  readonly patience: Patience;
}

export interface HubRequest {
  readonly url: string;
  /** What is asked for, for messages: a path, or "The list of files". */
  readonly what: string;
  readonly address: HubAddress;
  readonly headers?: Record<string, string>;
  readonly signal: AbortSignal;
}

/** The answer, whose status is 200, 206 or 416. Throws DownloadError, PassingError (also when `signal` aborts). */
export async function requestOf(access: HubAccess, request: HubRequest): Promise<Response> {
  const { url, what, address, signal } = request;
  const headers: Record<string, string> = { ...request.headers };
  if (access.token) headers.Authorization = `Bearer ${access.token}`;
  let response: Response;
  try {
    response = await access.fetch(url, { headers, signal });
  } catch (error) {
    throw new PassingError(`${address.base} could not be reached (${messageOf(error)})`);
  }
  if (response.ok || response.status === 416) return response;
  await response.body?.cancel();
  const { status } = response;
  const store = forwardedTo(response, url);
  if (store !== undefined) {
    // Its addresses work for a while only: the hub gives out another with the next request.
    throw new PassingError(
      `${store}, where ${address.base} forwards to, answered with status ${status} for ${what}`,
    );
  }
  if (status === 429 || status === 408 || status >= 500) {
    throw new PassingError(
      `${address.base} answered with status ${status} for ${what}`,
      pauseAskedFor(response),
    );
  }
  throw new DownloadError(`${what} of ${address.id} ${refusal(status, address, access.token !== undefined)}`);
}

/** Origin of the store that the hub sent the request on to, or undefined when it answered itself. */
function forwardedTo({ redirected, url }: Response, asked: string): string | undefined {
  const { origin } = new URL(redirected ? url : asked);
  return origin === new URL(asked).origin ? undefined : origin;
}

function refusal(status: number, { base, id, revision }: HubAddress, withToken: boolean): string {
  const page = `${base}/${id}`;
  if (status === 401 || status === 403) {
    const cure = withToken
      ? "Accept the model's terms on its page with the account of the token, or give a token that may read it"
      : "If it is gated or private, accept its terms on its page and give a token; otherwise correct the id";
    return `may not be read (status ${status}). ${cure}: ${page}`;
  }
  if (status === 404 || status === 410) {
    return `is not there at revision ${revision} (status ${status}). Correct the id or the revision: ${page}`;
  }
  return `could not be had: ${base} answered with status ${status}. Try again later, or use another hub.`;
}

/** Seconds, or a date. */
function pauseAskedFor({ headers }: Response): number | undefined {
  const given = headers.get("retry-after");
  if (given === null) return undefined;
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Throws PassingError when it breaks off. */
export async function wholeBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new PassingError(`the connection broke off (${messageOf(error)})`);
  }
}

/** What to do after the last attempt. A hub that asks to wait longer than anybody would says how long. */
export function whenAgain({ pauseMs }: PassingError): string {
  return pauseMs === undefined || pauseMs < 1000
    ? "Check the connection and try again."
    : `The hub asks to wait ${Math.ceil(pauseMs / 1000)} seconds: try again then.`;
}
