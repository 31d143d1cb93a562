/** What a model says becomes elements, and nothing of it runs, loads or styles. In a real browser: sanitising needs a real parser. */
import { describe, expect, it } from "vitest";
import { markdown } from "../../../src/app/chat/markdown.ts";

function html(text: string): string {
  const holder = document.createElement("div");
  holder.append(markdown(text));
  return holder.innerHTML.replace(/\s*\n\s*/g, "");
}

describe("markdown", () => {
  it("shows what is usual in answers; headings stand below those of the page", () => {
    expect(html("# One\n\nTwo **three** `four`\nfive\n\n- a\n- b")).toBe(
      "<h4>One</h4><p>Two <strong>three</strong> <code>four</code><br>five</p><ul><li>a</li><li>b</li></ul>",
    );
    expect(html("```js\nlet a = 1 < 2;\n```")).toBe('<pre tabindex="0"><code>let a = 1 &lt; 2;</code></pre>');
    expect(html("|a|b|\n|-|-|\n|1|2|")).toContain("<td>1</td>");
  });

  it("works on a text that is still growing", () => {
    for (const part of ["", "**bo", "```js\nlet a", "[a](htt", "| a |\n| -"])
      expect(() => markdown(part)).not.toThrow();
    expect(html("```js\nlet a")).toContain("let a</code>");
  });

  it.each([
    ["<img src=x onerror=alert(1)>", /img|onerror/],
    ["<script>alert(1)</script>", /script/],
    ["<b onclick=alert(1) style='color:red'>x</b>", /onclick|style/],
    ["[x](javascript:alert(1))", /javascript/],
    ["[x](data:text/html,hi)", /data:/],
    ["![tracker](https://elsewhere.example/x.png)", /img|elsewhere/],
    ["<iframe src='https://elsewhere.example'></iframe>", /iframe/],
    ["<form><input name=a><button>go</button></form>", /form|input|button/],
    ["<style>*{display:none}</style>", /style/],
    ["<a name=turns id=turns>x</a>", /id=|name=/],
  ])("%s leaves nothing of the kind", (evil, gone) => {
    expect(html(`Before ${evil} after`)).not.toMatch(gone);
    expect(html(`Before ${evil} after`)).toContain("Before");
  });

  it("links open elsewhere and tell nothing of this page", () => {
    expect(html("[x](https://a.example/)")).toBe(
      '<p><a href="https://a.example/" target="_blank" rel="noopener noreferrer">x</a></p>',
    );
  });
});
