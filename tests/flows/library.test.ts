/**
 * The built library, as a site uses it: from its own files, under a strict policy with Trusted Types. What the element
 * does is tried on a fake model, and once, on two sites, on the embedded one.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/built-page.ts";
import { chromiumArgs, findChromium } from "../../scripts/lib/chromium.ts";
import { ensureLibrary, LIBRARY } from "../../scripts/lib/library.ts";
import type { LagChat } from "../../src/element/lag-chat.ts";
// Also says which element `lag-chat` is.
import type {} from "../../src/entries/element.ts";
import type { fakeClient } from "../../src/testing/fake-client.ts";
import { PATIENCE } from "../support/page-driver.ts";
import { differences } from "../support/screens.ts";
import { type Site, serveSite } from "../support/site-server.ts";

const EXAMPLES = join(ROOT, "docs/examples");
/** Bytes of the element and all that it brings with it, packed, without engines. */
const MOST_BYTES = 40_000;
const QUESTION = "Where was the director of film The Salt Orchard born?";
const REWORDED = "What is the place of birth of the person who directed The Salt Orchard?";

/** Of all pixels of a picture, at most so many may differ. */
const SLIGHT = 0.03;

/** A host that no browser trusts over http, as it does localhost. */
const PLAIN = "plain.example";

let site: Site;
let browser: Browser;

beforeAll(async () => {
  ensureLibrary();
  site = await serveSite({
    "/web-lag/": { disk: LIBRARY },
    "/archive.jsonl": { disk: join(ROOT, "public/corpora/sample.jsonl") },
    "/models/": { disk: join(ROOT, "public/models") },
    "/": { disk: EXAMPLES },
    "/favicon.ico": { text: "" },
    "/bare.html": {
      text: '<!doctype html><html lang="en"><title>Bare</title><h1>Bare</h1><main></main></html>',
    },
    "/readme.html": {
      text: '<!doctype html><title>README</title><script type="module" src="readme.js"></script>',
    },
    "/readme.js": { text: readmeLines() },
  });
  // On wasm: an adapter in software is many times slower, and is tried elsewhere.
  const args = chromiumArgs().filter((argument) => !argument.includes("webgpu"));
  args.push(`--host-resolver-rules=MAP ${PLAIN} 127.0.0.1`);
  browser = await chromium.launch({ executablePath: findChromium(), args });
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** The README's example, as a module of the site. */
function readmeLines(): string {
  const lines = /```ts\n(import \{ connect \}[\s\S]*?)```/.exec(
    readFileSync(join(ROOT, "README.md"), "utf8"),
  )![1]!;
  expect(lines.trim().split("\n").length).toBeLessThanOrEqual(12);
  return lines.replace('"web-lag"', '"./web-lag/index.js"');
}

/** Runs in a page before its scripts: what elements tell of their loading is in `heard`, as shares. */
function countProgress(): void {
  const heard: number[] = [];
  Object.assign(window, { heard });
  document.addEventListener("lag-progress", (event) => {
    heard.push((event as CustomEvent<{ progress: number }>).detail.progress);
  });
}

/**
 * A page of one of the sites, `before` run in it before its own scripts. What its policy forbids, and what goes wrong in
 * it, is in `problems`.
 */
async function open(
  host: string,
  path: string,
  before: () => void = () => {},
): Promise<{ page: Page; problems: string[] }> {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(before);
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (message) => {
    if (message.type() === "error" || /Content.Security|Trusted/.test(message.text()))
      problems.push(message.text());
  });
  await page.goto(`http://${host}.localhost:${site.port}/${path}`);
  return { page, problems };
}

const filesOf = (entry: string): string[] => {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const code = readFileSync(join(LIBRARY, file), "utf8");
    for (const [, next] of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) visit(next!);
  };
  visit(entry);
  return [...found];
};

describe("the built files", () => {
  it.each(["element.js", "lag-chat.js"])("%s is small, and has no engine in it", (entry) => {
    const bytes = filesOf(entry)
      .map((file) => gzipSync(readFileSync(join(LIBRARY, file))).length)
      .reduce((sum, size) => sum + size, 0);
    console.log(`${entry}: ${bytes} bytes packed, of ${MOST_BYTES}`);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(filesOf(entry).some((file) => /worker/.test(file))).toBe(false);
  });

  it("examples are short, and right by the types that are shipped", () => {
    const lengths = readdirSync(EXAMPLES).map(
      (file) => readFileSync(join(EXAMPLES, file), "utf8").split("\n").length,
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(31);
    execFileSync("npx", ["--no-install", "tsc", "-p", "tsconfig.examples.json", "--noEmit"], { cwd: ROOT });
  });

  it("examples run, on a fake model", async () => {
    const load = (file: string) => import(/* @vite-ignore */ join(EXAMPLES, file));
    const { fakeClient } = await import(/* @vite-ignore */ join(LIBRARY, "testing.js"));
    const client = () => fakeClient({ says: ["Of Torvessa. <ans> Torvessa </ans>"] });
    const { ask } = await load("ask.ts");
    const asked = await ask("models/any/", { client: client() });
    expect(asked).toMatchObject({ answers: ["Torvessa", "Torvessa"], logs: [{ question: QUESTION }] });
    expect(asked.rowsFromLogs).toBeGreaterThan(0);
    let shown = "";
    const { stream } = await load("stream.ts");
    await stream("models/any/", (text: string) => (shown += text), {
      client: fakeClient({ says: ["Hello."] }),
    });
    expect(shown).toBe("Hello.");
    const { generate } = await load("ai-sdk.ts");
    expect(await generate("models/any/", "Hello?", { client: client() })).toEqual({
      text: "Torvessa",
      fromLogs: 0,
    });
    const { ownTest } = await load("own-tests.ts");
    expect(await ownTest()).toEqual({ answer: "Torvessa", steps: 1 });
  });
});

describe("the element, on a fake model", () => {
  let page: Page;
  let problems: string[];

  /** Puts an element whose model says this into the page, ready to be asked. */
  const put = (says: string[], attributes: Record<string, string> = {}) =>
    page.evaluate(
      async ([given, named]) => {
        const chat = document.createElement("lag-chat");
        for (const [name, value] of Object.entries(named)) chat.setAttribute(name, value);
        // "wait": a response that never comes.
        chat.client = (window as unknown as { fake: typeof fakeClient }).fake({
          says: ({ call }) => (given[call - 1] === "wait" ? new Promise(() => {}) : given[call - 1]!),
        });
        document.querySelector("main")!.replaceChildren(chat);
        await chat.load();
        await chat.updateComplete;
      },
      [says, attributes] as const,
    );
  /** Rules of axe that the element breaks, by theme. */
  /** Asks one question after the other of a document, then opens everything that is folded away. */
  const askAndUnfold = (about: { title: string; text: string }, questions: string[]) =>
    page.evaluate(
      async ([read, asked]) => {
        const chat = document.querySelector("lag-chat")!;
        chat.documents = [read];
        for (const question of asked) await chat.ask(question);
        await chat.updateComplete;
        for (const fold of chat.shadowRoot!.querySelectorAll("details")) fold.open = true;
      },
      [about, questions] as const,
    );

  const faults = async () => {
    // As a script of the driver: the page's policy lets no other in.
    await page.evaluate(readFileSync(join(ROOT, "node_modules/axe-core/axe.min.js"), "utf8"));
    return page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(at: Element): Promise<{ violations: { id: string }[] }> };
      };
      const chat = document.querySelector("lag-chat")!;
      const found: Record<string, string[]> = {};
      for (const theme of ["light", "dark"]) {
        chat.theme = theme;
        await chat.updateComplete;
        found[theme] = (await axe.run(chat)).violations.map(({ id }) => id);
      }
      return found;
    });
  };
  const answer = () => page.locator("lag-chat [part~=answer]").last();

  beforeAll(async () => {
    ({ page, problems } = await open("fake", "bare.html"));
    // As text: under the test runner a function's import() would be another.
    await page.evaluate(`import("/web-lag/element.js").then(() => {})`);
    await page.evaluate(`import("/web-lag/testing.js").then((it) => { window.fake = it.fakeClient; })`);
  });
  afterAll(async () => {
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("tells the page what happens, through shadow roots", async () => {
    await put(["One. <ans> A </ans>", "Two. <ans> A </ans>"]);
    const heard = await page.evaluate(async () => {
      const seen: string[] = [];
      for (const name of ["lag-ready", "lag-message", "lag-logs-used", "lag-error"] as const) {
        document.addEventListener(name, (event) => {
          const { role, text, logs, message } = (event as CustomEvent<Record<string, unknown>>).detail;
          seen.push([name, role, text ?? (logs as unknown[])?.length ?? message].filter(Boolean).join(" "));
        });
      }
      const host = document.createElement("div");
      const chat = document.querySelector("lag-chat")!;
      const { client } = chat;
      document.querySelector("main")!.replaceChildren(host);
      host.attachShadow({ mode: "open" }).append(chat);
      chat.client = client;
      chat.documents = [{ title: "A", text: "Of A." }];
      await chat.load();
      await chat.ask("Which letter?");
      await chat.ask("Which letter is it?");
      await chat.ask("").catch(() => {});
      await chat.ask("Once more?").catch(() => {}); // the fake has nothing left to say
      return seen;
    });
    expect(heard).toEqual([
      "lag-ready",
      "lag-message user Which letter?",
      "lag-message assistant A",
      "lag-message user Which letter is it?",
      "lag-message assistant A",
      "lag-logs-used 1",
      "lag-message user Once more?",
      expect.stringMatching(/^lag-error ./),
    ]);
  });

  it("is used by keyboard, is read out once, and shows what is said as text", async () => {
    await put(["<b>bold</b> <img src=x>"], { placeholder: "Your question" });
    await page.locator("lag-chat textarea").focus();
    await page.keyboard.type("Who?");
    await page.keyboard.press("Enter");
    await page.locator("lag-chat [part~=answer-done]").waitFor();
    expect(await answer().textContent()).toBe("<b>bold</b> <img src=x>");
    expect(await page.locator("lag-chat b, lag-chat img").count()).toBe(0);
    const log = page.getByRole("log", { name: "Conversation" });
    expect(await log.getAttribute("aria-busy")).toBe("false");
    expect(await page.getByRole("textbox", { name: "Your question" }).inputValue()).toBe("");
    await page.evaluate(() => document.querySelector("lag-chat")!.clear());
    expect(await page.locator("lag-chat [part=turn]").count()).toBe(0);
  });

  it("stops at Escape and keeps nothing of it", async () => {
    await put(["wait"]);
    await page.locator("lag-chat textarea").fill("Who?");
    await page.keyboard.press("Enter");
    await page.locator("lag-chat [part=stop]").waitFor();
    expect(await page.getByRole("log").getAttribute("aria-busy")).toBe("true");
    expect(await answer().textContent()).toBe("Working…");
    await page.keyboard.press("Escape");
    await page.locator("lag-chat [part=ask]").waitFor();
    expect(await page.locator("lag-chat [part=footer]").textContent()).toMatch(/^\s*Nothing kept yet/);
  });

  it("stops a question at once that waits for the model, which goes on loading", async () => {
    await put(["<ans> A </ans>"]);
    const ended = await page.evaluate(async () => {
      const { client } = document.querySelector("lag-chat")!;
      const chat = document.createElement("lag-chat");
      let loaded = () => {};
      const held = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      chat.client = { ...client!, load: (options) => held.then(() => client!.load(options)) };
      document.querySelector("main")!.replaceChildren(chat);
      const asked = chat.ask("Who?").catch(({ name }: Error) => name);
      chat.stop();
      const name = await asked;
      loaded();
      await chat.load();
      return [name, (await chat.ask("Who else?")).answer];
    });
    expect(ended).toEqual(["AbortError", "A"]);
    expect(await page.locator("lag-chat [part~=answer-stopped]").textContent()).toBe(
      "Stopped. Nothing was kept of it.",
    );
  });

  it("loads when its button is pressed what its attributes name, and asks in the mode that they name", async () => {
    await put(["<ans> A </ans>", "<ans> A </ans>"]);
    await page.evaluate(() => document.querySelector("lag-chat")!.ask("Which letter?"));
    const asked = await page.evaluate(() => {
      const { client } = document.querySelector("lag-chat")!;
      const chat = document.createElement("lag-chat");
      const named = { model: "models/mine", backend: "wasm", bank: "mine", mode: "none" };
      for (const [name, value] of Object.entries(named)) chat.setAttribute(name, value);
      const seen: unknown[] = [];
      chat.client = {
        ...client!,
        load: (options) => {
          seen.push(options);
          return client!.load(options);
        },
      };
      Object.assign(window, { seen });
      document.querySelector("main")!.replaceChildren(chat);
      return seen;
    });
    expect(asked).toEqual([]);
    const load = page.locator("lag-chat [part=load]");
    expect((await load.textContent())!.trim()).toBe("Load the model");
    expect(await page.locator("lag-chat [part=ask]").isDisabled()).toBe(true);
    await load.click();
    await load.waitFor({ state: "detached" });
    const [loaded] = await page.evaluate(() => (window as unknown as { seen: unknown[] }).seen);
    expect(loaded).toEqual({
      modelUrl: `http://fake.localhost:${site.port}/models/mine/`,
      backend: "wasm",
      bankName: "mine",
    });
    const { mode, logs } = await page.evaluate(() =>
      document.querySelector("lag-chat")!.ask("Which letter?"),
    );
    expect({ mode, logs }).toEqual({ mode: "none", logs: [] });
  });

  it("says that a model is too large for the device, and loads it where a person insists", async () => {
    await put(["<ans> A </ans>"]);
    const asked = await page.evaluate(() => {
      const { client } = document.querySelector("lag-chat")!;
      const chat = document.createElement("lag-chat");
      const seen: unknown[] = [];
      chat.client = {
        ...client!,
        load: (options) => {
          seen.push(options.anyMemory);
          const refused = Object.assign(new Error("It needs more."), { name: "TooLargeError" });
          return options.anyMemory ? client!.load(options) : Promise.reject(refused);
        },
      };
      Object.assign(window, { seen });
      document.querySelector("main")!.replaceChildren(chat);
      return seen;
    });
    expect(asked).toEqual([]);
    const load = page.locator("lag-chat [part=load]");
    await load.click();
    const status = page.locator("lag-chat [part=status][role=alert]");
    await status.waitFor();
    expect(await status.locator("p").textContent()).toBe("The model could not be loaded. It needs more.");
    expect((await load.textContent())!.trim()).toBe("Load it all the same");
    await load.click();
    await load.waitFor({ state: "detached" });
    expect(await page.evaluate(() => (window as unknown as { seen: unknown[] }).seen)).toEqual([
      undefined,
      true,
    ]);
  });

  it("forgets at the second press", async () => {
    await put(["<ans> A </ans>"]);
    await page.evaluate(() => document.querySelector("lag-chat")!.ask("Which?"));
    const forget = page.locator("lag-chat [part=forget]");
    await forget.click();
    expect((await forget.textContent())!.trim()).toBe("Forget all? Press again");
    await forget.click();
    await forget.waitFor({ state: "detached" });
  });

  it("speaks another language, from right to left, light or dark, in any width, with no fault that axe finds", async () => {
    await put(["<ans> A </ans>"], { lang: "he", dir: "rtl", theme: "dark" });
    const looks = await page.evaluate(async () => {
      const chat = document.querySelector("lag-chat")!;
      (customElements.get("lag-chat") as typeof LagChat).addLanguage("he", {
        ask: "שאל",
        placeholder: "שאלה",
      });
      chat.requestUpdate();
      await chat.ask("מי?");
      await chat.updateComplete;
      const part = (name: string) => chat.shadowRoot!.querySelector(`[part~=${name}]`)!;
      const boxOf = (name: string) => part(name).getBoundingClientRect();
      const padding = () => Number.parseFloat(getComputedStyle(part("log")).paddingInlineStart);
      const dark = getComputedStyle(chat).backgroundColor;
      chat.style.inlineSize = "20rem";
      const small = padding();
      chat.theme = "light";
      await chat.updateComplete;
      const light = getComputedStyle(chat).backgroundColor;
      chat.style.inlineSize = "60rem";
      const full = padding();
      chat.style.inlineSize = "16rem";
      return {
        ask: part("ask").textContent,
        sendIsLeft: boxOf("ask").left < boxOf("input").left,
        dark,
        light,
        small,
        full,
        overflows: chat.scrollWidth > chat.clientWidth,
      };
    });
    expect(looks).toMatchObject({ ask: "שאל", sendIsLeft: true, overflows: false });
    expect(looks.dark).not.toBe(looks.light);
    expect(looks.full).toBeGreaterThan(looks.small);
    expect(await faults()).toEqual({ light: [], dark: [] });
  });

  it("has no fault that axe finds in what is folded away, nor before a model is loaded", async () => {
    await put(["One. <ans> A </ans>", "Two. <ans> A </ans>"]);
    await askAndUnfold({ title: "A", text: "Of A." }, ["Which letter?", "Which letter is it?"]);
    expect(await page.locator("lag-chat [part=logs] li").count()).toBe(1);
    expect(await page.locator("lag-chat [part=steps] li").allTextContents()).toEqual(["One. A ", "Two. A "]);
    expect(await page.locator("lag-chat [part~=action-answer]").allTextContents()).toEqual(["A", "A"]);
    expect(await faults()).toEqual({ light: [], dark: [] });
    await page.evaluate(async () => {
      const { client } = document.querySelector("lag-chat")!;
      const chat = document.createElement("lag-chat");
      chat.client = client;
      document.querySelector("main")!.replaceChildren(chat);
      await chat.updateComplete;
    });
    await page.locator("lag-chat [part=load]").waitFor();
    expect(await faults()).toEqual({ light: [], dark: [] });
  });

  it("looks as it did, light and dark, full and small: answered, from a log, unfolded", async () => {
    await put(["Ada Mora made it. <ans> Ada Mora </ans>", "As before. <ans> Ada Mora </ans>"]);
    const lamp = { title: "The Lamp", text: "The Lamp was made by Ada Mora." };
    await askAndUnfold(lamp, ["Who made The Lamp?", "By whom was The Lamp made?"]);
    const shares = Object.entries(await differences(page, "widget"));
    expect(shares.filter(([, share]) => share > SLIGHT)).toEqual([]);
  });

  it("leaves nothing of its own in the page", async () => {
    const { page: clean } = await open("clean", "bare.html");
    const look = () =>
      clean.evaluate(() => [
        // Lit leaves the marks of its version, by which copies of it know each other.
        Object.keys(window).filter((name) => !/^(lit|reactiveElement)/.test(name)),
        document.adoptedStyleSheets.length,
        document.head.childElementCount,
        document.body.childElementCount,
      ]);
    const before = await look();
    await clean.evaluate(`import("/web-lag/element.js").then(() => {})`);
    expect(await look()).toEqual(before);
    await clean.context().close();
  });
});

describe("the embedded model, in a page of ten lines", () => {
  const lastAnswer = (page: Page) =>
    page.locator("lag-chat [part~=answer-done]").last().textContent({ timeout: PATIENCE });

  it("says what is missing where a page came over plain http", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://${PLAIN}:${site.port}/widget.html`);
    const status = page.locator("lag-chat [part=status] p");
    await status.waitFor({ timeout: PATIENCE });
    expect(await status.textContent()).toMatch(/came from http:\/\/plain\.example.* Serve it over https\./);
    await page.context().close();
  });

  it("answers, remembers, and keeps to the site: another origin has another bank", async () => {
    expect(readFileSync(join(EXAMPLES, "widget.html"), "utf8").trim().split("\n").length).toBeLessThanOrEqual(
      10,
    );
    const { page, problems } = await open("one", "widget.html", countProgress);
    const footer = page.locator("lag-chat [part=footer] p");
    await footer.waitFor({ timeout: PATIENCE });
    expect(await footer.textContent()).toBe(
      `Nothing kept yet. What is kept stays on this device, for one.localhost:${site.port} only.`,
    );
    const heard = await page.evaluate(() => (window as unknown as { heard: number[] }).heard);
    expect(heard.at(-1)).toBe(1);
    expect(heard.length, "of its way, too").toBeGreaterThan(2);
    await page.keyboard.press("Tab"); // the conversation, which scrolls
    await page.keyboard.press("Tab");
    await page.keyboard.type(QUESTION);
    await page.keyboard.press("Enter");
    expect(await lastAnswer(page)).not.toBe("");
    await page.keyboard.type(REWORDED);
    await page.keyboard.press("Enter");
    await page.locator("lag-chat [part=logs]").waitFor({ timeout: PATIENCE });
    expect(await page.locator("lag-chat [part=logs] summary").textContent()).toMatch(
      /^Used 1 earlier solution · \d+ rows$/,
    );
    expect(await footer.textContent()).toBe(
      `2 solutions kept on this device, for one.localhost:${site.port} only.`,
    );

    // A second element joins the engine that is there: no second worker.
    await page.evaluate(() => document.body.append(document.createElement("lag-chat")));
    const load = page.locator("lag-chat [part=load]", { hasText: /^Load the model \(\d+(\.\d)? MB\)$/ });
    await load.click();
    await load.waitFor({ state: "detached", timeout: PATIENCE });
    await footer.nth(1).waitFor();
    expect(await page.locator("lag-chat [part=footer] p").allTextContents()).toEqual(
      Array(2).fill(`2 solutions kept on this device, for one.localhost:${site.port} only.`),
    );
    expect(page.workers()).toHaveLength(1);

    const other = await page.context().newPage();
    await other.goto(`http://two.localhost:${site.port}/widget.html`);
    await other.locator("lag-chat [part=footer] p").waitFor({ timeout: PATIENCE });
    expect(await other.locator("lag-chat [part=footer] p").textContent()).toMatch(
      /^Nothing kept yet\. .* two\.localhost/,
    );
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("answers the README's lines", async () => {
    const { page, problems } = await open("readme", "bare.html");
    const said = page.waitForEvent("console", {
      predicate: (message) => /^\d+ \d+ /.test(message.text()),
      timeout: PATIENCE,
    });
    await page.goto(`http://readme.localhost:${site.port}/readme.html`);
    const line = (await said).text();
    expect(problems).toEqual([]);
    expect(line).toMatch(/^[1-8] [1-8] \S/);
    await page.context().close();
  });
});
