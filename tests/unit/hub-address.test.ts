/** What a person may give for a model: ids, addresses of pages, mirrors; and what is refused. */
import { describe, expect, it } from "vitest";
import { DEFAULT_HUB, type GivenModel, readHubAddress } from "../../src/hub/hub-address.ts";

const MIRROR = "https://mirror.test/hf";

describe("hub-address", () => {
  it.each<[GivenModel, [string, string, string]]>([
    [{ id: " owner/name " }, [DEFAULT_HUB, "owner/name", "main"]],
    [{ id: "gpt2" }, [DEFAULT_HUB, "gpt2", "main"]],
    [{ id: "owner/name@v1.0" }, [DEFAULT_HUB, "owner/name", "v1.0"]],
    [{ id: "owner/name@v1.0", revision: "refs/pr/1" }, [DEFAULT_HUB, "owner/name", "refs/pr/1"]],
    [{ id: "owner/name", base: `${MIRROR}/` }, [MIRROR, "owner/name", "main"]],
    [{ id: "https://huggingface.co/owner/name" }, [DEFAULT_HUB, "owner/name", "main"]],
    [{ id: "https://huggingface.co/owner/name/tree/dev/onnx?a=b#c" }, [DEFAULT_HUB, "owner/name", "dev"]],
    [{ id: `${MIRROR}/owner/name/resolve/abc/config.json`, base: MIRROR }, [MIRROR, "owner/name", "abc"]],
    [{ id: "http://127.0.0.1:8080/owner/name" }, ["http://127.0.0.1:8080", "owner/name", "main"]],
  ])("%o", (given, [base, id, revision]) => {
    expect(readHubAddress(given)).toEqual({ base, id, revision });
  });

  it.each<[GivenModel, RegExp]>([
    [{ id: "" }, /The model is "", expected an id such as/],
    [{ id: "a/b/c" }, /The model is "a\/b\/c"/],
    [{ id: "../secret" }, /The model is/],
    [{ id: "owner/na me" }, /The model is/],
    [{ id: "owner/name", revision: "../x" }, /The revision is "\.\.\/x"/],
    [{ id: "owner/name", base: "ftp://x" }, /The hub is "ftp:\/\/x", expected an address with https or http/],
    [{ id: "owner/name", base: "https://user:pw@mirror.test" }, /with a user/],
    [{ id: "https://other.test/owner/name", base: MIRROR }, /is not of the hub/],
    [{ id: "https://huggingface.co/" }, /is not of the hub|The model is/],
  ])("refuses %o", (given, message) => {
    expect(() => readHubAddress(given)).toThrow(
      expect.objectContaining({ name: "InputError", message: expect.stringMatching(message) }),
    );
  });
});
