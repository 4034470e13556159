import type { ListProjectsResponse } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { countryName, number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import type { Visit } from "../visits/visit.ts";
import { filterName } from "./filter-fields.ts";
import { projectCards } from "./project-card.ts";
import { projectTable } from "./project-table.ts";
import { activeFilters, CHOICES, isSwitch, listPath, without, withValue } from "./search-query.ts";
import { SEARCH_TEXTS } from "./search-texts.ts";
import { WORDS, word } from "./words.ts";

/** What a search found: how many, by which filters, and the projects as cards or as a table. */
export function searchResults(
  visit: Visit,
  found: ListProjectsResponse,
  organisationOf: (id: number) => string,
) {
  const { language, query } = visit;
  const t = SEARCH_TEXTS(language);
  const { projects, nextPageToken, near } = found;
  const isTable = query.get("view") === "table";
  const list = isTable
    ? projectTable(visit, projects, organisationOf)
    : projectCards(visit, projects, { level: 3, organisationOf });
  return html`<section id="results" aria-labelledby="found"><div class="bar"><h2 id="found" aria-live="polite">${countOf(visit, found)}</h2>${projects.length === 0 ? "" : viewChoice(visit, isTable)}</div>
${near ? html`<p class="help">${t.near}</p>` : ""}${projects.length === 0 ? nothing(visit, organisationOf) : html`${chosenFilters(visit, organisationOf)}${list}`}
${pager(visit, nextPageToken)}</section>`;
}

function countOf({ language }: Visit, { total, projects }: ListProjectsResponse): string {
  const t = SEARCH_TEXTS(language);
  const count = total?.projectCount ?? projects.length;
  if (count === 0) return t.none;
  return total?.hasMore ? t.foundMore(number(language, count)) : t.found(count);
}

function viewChoice({ language, query }: Visit, isTable: boolean) {
  const t = SEARCH_TEXTS(language);
  const token = query.get("page_token");
  const link = (view: string, name: string, isCurrent: boolean) => {
    const address = view === "" ? without(query, "view") : withValue(query, "view", view, false);
    if (token) address.set("page_token", token);
    return html`<li><a href="${listPath(address)}"${isCurrent ? html` aria-current="true"` : ""}>${name}</a></li>`;
  };
  return html`<nav class="views" aria-label="${t.view}"><ul>${link("", t.cards, !isTable)}${link("table", t.table, isTable)}</ul></nav>`;
}

/** The filters that are set, each with a link that takes it away. */
function chosenFilters(visit: Visit, organisationOf: (id: number) => string) {
  const t = SEARCH_TEXTS(visit.language);
  const { query } = visit;
  const active = activeFilters(query);
  if (active.length === 0) return "";
  const links = active.map(([name, value]) => {
    const what = filterWords(visit, name, value, organisationOf);
    return html`<li><a href="${listPath(without(query, name, value))}" aria-label="${t.remove(what)}" dir="auto">${what} <span aria-hidden="true">×</span></a></li>`;
  });
  const rest = new URLSearchParams([...query].filter(([name]) => name === "view" || name === "order_by"));
  const clear =
    active.length > 1 ? html`<li><a class="clear" href="${listPath(rest)}">${t.clear}</a></li>` : "";
  return html`<ul class="chosen">${links}${clear}</ul>`;
}

/** Says what to loosen when nothing was found. */
function nothing(visit: Visit, organisationOf: (id: number) => string) {
  const t = SEARCH_TEXTS(visit.language);
  const active = chosenFilters(visit, organisationOf);
  return active === "" ? html`<p>${t.noneAtAll}</p>` : html`<p>${t.loosen}</p>${active}`;
}

/** A filter that is set, in words: "Country: Mali". */
function filterWords(
  visit: Visit,
  name: string,
  value: string,
  organisationOf: (id: number) => string,
): string {
  const { language } = visit;
  if (isSwitch(name)) return filterName(visit, name);
  return `${filterName(visit, name)}: ${valueWords(language, name, value, organisationOf)}`;
}

function valueWords(
  language: Visit["language"],
  name: string,
  value: string,
  organisationOf: (id: number) => string,
): string {
  const words = WORDS(language);
  const numberOf = (choice: keyof typeof CHOICES) =>
    CHOICES[choice].values.find((it) => it.name === value)?.number ?? 0;
  switch (name) {
    case "statuses":
      return word(words.status, numberOf(name)) || value;
    case "priorities":
      return word(words.priority, numberOf(name)) || value;
    case "difficulties":
      return word(words.difficulty, numberOf(name)) || value;
    case "mapping_types":
      return word(words.mappingType, numberOf(name)) || value;
    case "countries":
      return countryName(language, value.toUpperCase());
    case "organisation_ids":
      return organisationOf(Number(value));
    default:
      return value;
  }
}
