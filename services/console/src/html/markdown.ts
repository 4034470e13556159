import MarkdownIt from "markdown-it";
import { html, trusted } from "./html.ts";

/** Headings of a text stand under the heading of its section. */
const HEADING_SHIFT = 2;
const HEADING_MAX = 6;

const renderer = new MarkdownIt("default", { html: false, linkify: true, breaks: true }).disable("image");
renderer.core.ruler.push("headings", ({ tokens }) => {
  for (const token of tokens)
    if (/^h[1-6]$/.test(token.tag))
      token.tag = `h${Math.min(HEADING_MAX, Number(token.tag[1]) + HEADING_SHIFT)}`;
});
renderer.core.ruler.push("links", ({ tokens }) => {
  for (const token of tokens.flatMap((it) => it.children ?? []))
    if (token.type === "link_open") token.attrSet("rel", "noopener nofollow ugc");
});

/** A text that people wrote, as Markdown: no HTML of theirs, no pictures from elsewhere, links of safe kinds only. */
export function markdown(text: string) {
  return html`<div class="prose" dir="auto">${trusted(renderer.render(text))}</div>`;
}
