/** What a person gives, an id or an address, → which model of which hub, at which revision. */
import { InputError } from "../terms/errors.ts";

/** The only hub that is asked unless another is named. */
export const DEFAULT_HUB = "https://huggingface.co";
const DEFAULT_REVISION = "main";

export interface HubAddress {
  /** Address of the hub, without a slash at its end. */
  readonly base: string;
  /** "owner/name", or a name alone. */
  readonly id: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

export interface GivenModel {
  /** An id, "id@revision", or the address of a model's page. */
  readonly id: string;
  /** Address of a hub or mirror. Default: that of the model's page, else DEFAULT_HUB. */
  readonly base?: string | undefined;
  /** Default: what `id` says, else "main". */
  readonly revision?: string | undefined;
}

const EXPECTED = 'expected an id such as "onnx-community/Qwen2.5-0.5B-Instruct" or the address of its page';
/** Between a model's id and its revision in the address of a page or a file. */
const BEFORE_REVISION: readonly string[] = ["tree", "blob", "resolve"];

/** Throws InputError. */
export function readHubAddress(given: GivenModel): HubAddress {
  const text = String(given.id ?? "").trim();
  const base = given.base ? readBase(given.base) : undefined;
  const found = /^https?:/i.test(text) ? fromAddress(text, base) : fromId(text, base ?? DEFAULT_HUB);
  const revision = given.revision?.trim() || found.revision;
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(found.id) || found.id.split("/").length > 2 || climbs(found.id)) {
    throw new InputError(`The model is ${JSON.stringify(text)}, ${EXPECTED}. Correct it.`);
  }
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(revision) || climbs(revision)) {
    throw new InputError(`The revision is ${JSON.stringify(revision)}, expected a branch, tag or commit.`);
  }
  return { ...found, revision };
}

function fromId(text: string, base: string): HubAddress {
  const at = text.indexOf("@");
  if (at < 0) return { base, id: text, revision: DEFAULT_REVISION };
  return { base, id: text.slice(0, at), revision: text.slice(at + 1) };
}

function fromAddress(text: string, base: string | undefined): HubAddress {
  const url = asUrl(text, "The model");
  const hub = base ?? readBase(url.origin);
  const page = `${url.origin}${url.pathname}`;
  if (!page.startsWith(`${hub}/`)) {
    throw new InputError(
      `The model ${text} is not of the hub ${hub}. Give an id, or the address of a page of that hub.`,
    );
  }
  const parts = page.slice(hub.length).split("/").filter(Boolean).map(decodeURIComponent);
  const marker = parts.findIndex((part, index) => index > 0 && BEFORE_REVISION.includes(part));
  const id = (marker < 0 ? parts : parts.slice(0, marker)).join("/");
  return { base: hub, id, revision: (marker < 0 ? undefined : parts[marker + 1]) ?? DEFAULT_REVISION };
}

function readBase(text: string): string {
  const url = asUrl(text, "The hub");
  if (url.username || url.password || url.search || url.hash) {
    throw new InputError(
      `The hub ${url.origin}${url.pathname} is given with a user, a query or a fragment, expected a plain address. ` +
        "Give a token as the token.",
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function asUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new InputError(`${what} is ${JSON.stringify(text)}, expected an address with https or http.`);
}

function climbs(path: string): boolean {
  return path.split("/").some((part) => part === "." || part === "..");
}
