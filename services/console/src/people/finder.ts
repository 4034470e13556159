import { attributes, type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";

/** A form that searches a list. With scripts it swaps the results alone, and the address follows. */
export function finder(
  { action, label, submit }: { action: string; label: string; submit: string },
  ...fields: Content[]
) {
  return html`<form class="search" method="get" action="${action}" role="search" aria-label="${label}" hx-get="${action}" hx-trigger="change, submit" hx-target="#results" hx-swap="outerMorph" hx-push-url="true" hx-sync="this:replace">${fields}<button>${submit}</button></form>`;
}

/** A choice of a search form, as the address has it. */
export function selectOf(
  { query }: Pick<Visit, "query">,
  name: string,
  label: string,
  options: readonly (readonly [value: string, name: string])[],
) {
  const chosen = query.get(name) ?? "";
  const items = options.map(
    ([value, text]) =>
      html`<option value="${value}"${attributes({ selected: value === chosen })}>${text}</option>`,
  );
  return html`<label>${label}<select name="${name}">${items}</select></label>`;
}
