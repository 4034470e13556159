import type { Refusal } from "@tessera/rpc/refusal.ts";
import { attributes, type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { SEARCH_TEXTS } from "./search-texts.ts";

/** The search form while it is made: what was asked for, and what was wrong with that. */
export interface Search {
  visit: Visit;
  refusal: Refusal | undefined;
}

/** A field of the search form that takes a text, a number or a day. */
interface Typed {
  name: string;
  label: string;
  type: "text" | "number" | "date" | "search";
  value: string | null;
  help?: string;
  maxLength?: number;
}

/** What the contract has against a filter; nothing if it was taken. */
export function faultsOf({ refusal }: Search, name: string): Content {
  const faults = (refusal?.violations ?? []).filter(
    ({ field }) => field === name || field.startsWith(`${name}[`),
  );
  return faults.length === 0
    ? ""
    : html`<p class="fault" id="fault-${idOf(name)}">${faults.map(({ description }) => html`<span>${description}</span>`)}</p>`;
}

/** A field to type into. */
export function typedFilter(search: Search, { name, label, type, value, help, maxLength }: Typed) {
  const fault = faultsOf(search, name);
  const id = `filter-${idOf(name)}`;
  const own = attributes({
    id,
    name,
    type,
    value: value ?? "",
    step: type === "number" ? "any" : undefined,
    maxlength: maxLength,
    dir: type === "text" || type === "search" ? "auto" : undefined,
    "aria-invalid": fault === "" ? undefined : "true",
    "aria-describedby": fault === "" ? undefined : `fault-${idOf(name)}`,
  });
  return html`<div class="field"><label for="${id}">${label}</label>${help ? html`<p class="help">${help}</p>` : ""}${fault}<input${own}></div>`;
}

/** Values of which several can be chosen, with how many of the projects found have each. */
export function choices(
  search: Search,
  name: string,
  label: string,
  options: readonly (readonly [value: string, name: string, count: number | undefined])[],
) {
  const chosen = new Set(search.visit.query.getAll(name));
  if (options.length === 0) return "";
  const boxes = options.map(
    ([value, text, count]) =>
      html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${attributes({ checked: chosen.has(value) })}> <span dir="auto">${text}</span>${count === undefined ? "" : html` <small>${count}</small>`}</label>`,
  );
  return html`<fieldset class="choices"><legend>${label}</legend>${faultsOf(search, name)}<div class="options">${boxes}</div></fieldset>`;
}

/** A choice of one. */
export function oneOf(
  search: Search,
  name: string,
  label: string,
  options: readonly (readonly [value: string, name: string])[],
) {
  const chosen = search.visit.query.get(name) ?? "";
  const id = `filter-${idOf(name)}`;
  return html`<div class="field"><label for="${id}">${label}</label>${faultsOf(search, name)}<select id="${id}" name="${name}">${options.map(([value, text]) => html`<option value="${value}"${attributes({ selected: value === chosen })}>${text}</option>`)}</select></div>`;
}

/** Filters of the address that have no field of their own: the form sends them again. */
export function kept({ visit: { query } }: Search, names: readonly string[]) {
  return names.flatMap((name) =>
    query.getAll(name).map((value) => html`<input type="hidden" name="${name}" value="${value}">`),
  );
}

/** The name of a filter for people. */
export function filterName(visit: Visit, name: string): string {
  const names: Readonly<Record<string, string>> = SEARCH_TEXTS(visit.language).names;
  return names[name] ?? name;
}

function idOf(name: string): string {
  return name.replaceAll(/[^a-z0-9]+/gi, "-");
}
