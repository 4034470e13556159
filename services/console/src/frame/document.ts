import { type Html, html } from "../html/html.ts";
import { FRAME_TEXTS } from "../texts/frame.ts";
import { directionOf } from "../texts/languages.ts";
import { NOTICE_TEXTS } from "../texts/notices.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { header } from "./header.ts";

/** What htmx does, and leaves: it writes no styles, and swaps the answers of refused forms as well. */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorCSS: false,
  transitions: false,
  // Back and forward load the page of that address: htmx cannot put its answer in the place of a body.
  history: "reload",
  defaultFocusScroll: true,
});

/** The whole document of a page. */
export function documentOf(visit: Visit, page: Page, notice: string | undefined): string {
  const { language, deps } = visit;
  const { assets } = deps;
  const t = FRAME_TEXTS(language);
  const scripts = ["console", ...(page.scripts ?? [])].map(
    (name) => html`<script type="module" src="${assets.script(name)}"></script>`,
  );
  const text = html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<title>${page.title} · ${t.product}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${HTMX_CONFIG}">
<link rel="icon" href="${assets.url("icon.svg")}" type="image/svg+xml">
${assets.styles.map((address) => html`<link rel="stylesheet" href="${address}">`)}
<script src="${assets.url("htmx.js")}" defer></script>
${scripts}
${page.alternates}
</head>
<body hx-boost:inherited="true" hx-swap:inherited="innerMorph show:window:top">
<a class="skip" href="#main">${t.skip}</a>
${header(visit)}
<main id="main" tabindex="-1"${page.wide ? html` class="wide"` : ""}>
${trail(page, t.youAreHere)}
<div id="notice" role="status" aria-live="polite">${said(visit, notice)}</div>
${page.body}
</main>
<footer class="foot">
<p>${t.foot} <a href="?f=json">${t.asDocument}</a> · <a href="/docs">${t.forPrograms}</a></p>
</footer>
</body>
</html>`;
  return String(text);
}

/** A part of a page, and what has just been done, which htmx puts into its own place. */
export function partOf(visit: Visit, part: Html, notice: string | undefined): string {
  return String(html`${part}<div id="notice" hx-swap-oob="innerHTML">${said(visit, notice)}</div>`);
}

function said({ language }: Visit, notice: string | undefined) {
  const texts = NOTICE_TEXTS(language);
  // A browser may send any word as the notice: only a key of ours says something.
  const text = notice !== undefined && Object.hasOwn(texts, notice) ? texts[notice as "signedIn"] : undefined;
  return text === undefined ? "" : html`<p class="notice">${text}</p>`;
}

function trail({ trail: steps = [], title }: Page, label: string) {
  if (steps.length === 0) return "";
  const links = steps.map(({ href, name }) => html`<li><a href="${href}">${name}</a></li>`);
  return html`<nav class="trail" aria-label="${label}"><ol>${links}<li aria-current="page">${title}</li></ol></nav>`;
}
