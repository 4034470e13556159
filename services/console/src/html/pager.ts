import { FRAME_TEXTS } from "../texts/frame.ts";
import type { Language } from "../texts/languages.ts";
import { html } from "./html.ts";

/** The links to the first and the next page of a list; nothing where all is on one page. */
export function pager(
  { path, query, language }: { path: string; query: URLSearchParams; language: Language },
  nextPageToken: string,
) {
  const t = FRAME_TEXTS(language);
  const isFirst = !query.get("page_token");
  if (isFirst && nextPageToken === "") return "";
  const link = (token: string, name: string, rel: string) => {
    const parameters = new URLSearchParams(query);
    if (token === "") parameters.delete("page_token");
    else parameters.set("page_token", token);
    return html`<li><a href="${path}?${String(parameters)}" rel="${rel}">${name}</a></li>`;
  };
  return html`<nav class="pager" aria-label="${t.pages}"><ul>${isFirst ? "" : link("", t.first, "first")}${nextPageToken === "" ? "" : link(nextPageToken, t.next, "next")}</ul></nav>`;
}
