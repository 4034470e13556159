import type { ListProjectsResponse } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import {
  ProjectFacet,
  ProjectOrder,
  ProjectOrderSchema,
} from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { countryName } from "../html/formats.ts";
import { html } from "../html/html.ts";
import type { Language } from "../texts/languages.ts";
import { choices, filterName, kept, oneOf, type Search, typedFilter } from "./filter-fields.ts";
import { CHOICES, FILTERS } from "./search-query.ts";
import { SEARCH_TEXTS } from "./search-texts.ts";
import { WORDS, word } from "./words.ts";

/** The words of each choice. */
const CHOICE_WORDS = {
  statuses: "status",
  priorities: "priority",
  difficulties: "difficulty",
  mapping_types: "mappingType",
} as const;
const CHOICE_FACETS = {
  statuses: ProjectFacet.STATUS,
  priorities: ProjectFacet.PRIORITY,
  difficulties: ProjectFacet.DIFFICULTY,
  mapping_types: ProjectFacet.MAPPING_TYPE,
} as const;
/** The orders that are offered: RELEVANCE is the usual one. */
const ORDERS = [
  ProjectOrder.UNSPECIFIED,
  ProjectOrder.CREATE_TIME,
  ProjectOrder.UPDATE_TIME,
  ProjectOrder.PRIORITY,
  ProjectOrder.DUE_TIME,
  ProjectOrder.NAME,
  ProjectOrder.PROGRESS,
  ProjectOrder.VALIDATED,
  ProjectOrder.ACTIVITY,
] as const;

/** What was found, for the counts beside the filters; undefined if the search was refused. */
type Found = ListProjectsResponse | undefined;

/** The search form: each filter of ListProjects. It works without scripts; with them it searches at each change. */
export function searchForm(search: Search, found: Found, organisationOf: (id: number) => string) {
  const { visit } = search;
  const { language, query, person } = visit;
  const t = SEARCH_TEXTS(language);
  const typed = (name: string, type: "text" | "number" | "date", help = "") =>
    typedFilter(search, { name, label: filterName(visit, name), type, value: query.get(name), help });
  const fields = html`${FILTERS.choices.map((name) => enumChoices(search, found, name))}
${facetChoices(search, found, { name: "countries", facet: ProjectFacet.COUNTRY, nameOf: (it) => countryName(language, it) })}
${facetChoices(search, found, { name: "organisation_ids", facet: ProjectFacet.ORGANISATION, nameOf: (it) => organisationOf(Number(it)) })}
${facetChoices(search, found, { name: "campaigns", facet: ProjectFacet.CAMPAIGN, nameOf: (it) => it })}
${switches(search, t.work, FILTERS.work)}${person === undefined ? "" : switches(search, t.mine, FILTERS.mine)}`;
  const rare = html`<div class="row">${typed("interests", "text", t.topicHelp)}</div>
<fieldset><legend>${t.when}</legend><div class="row">${FILTERS.times.map((name) => typed(name, "date"))}</div></fieldset>
<fieldset><legend>${t.names.box}</legend><div class="row">${FILTERS.box.map((name) => typed(name, "number"))}</div></fieldset>`;
  const isRare = [...FILTERS.times, ...FILTERS.box, "interests"].some((name) => query.has(name));
  const isFiltered =
    isRare ||
    [...FILTERS.choices, ...FILTERS.texts, ...FILTERS.numbers, ...FILTERS.mine, ...FILTERS.work].some(
      (name) => query.has(name),
    );
  return html`<form id="search-form" class="finder" method="get" action="/v1/projects" role="search" aria-label="${t.search}" hx-get="/v1/projects" hx-trigger="change, submit" hx-target="#search" hx-swap="outerMorph" hx-push-url="true" hx-sync="this:replace">
<div class="first">${typedFilter(search, { name: "query", label: t.query, type: "search", value: query.get("query"), maxLength: 500 })}
${oneOf(search, "order_by", t.sortedBy, orders(language))}${oneOf(search, "descending", t.direction, [
  ["", t.directions.usual],
  ["false", t.directions.up],
  ["true", t.directions.down],
])}<button>${t.find}</button></div>
<details class="filters"${isFiltered ? html` open` : ""}><summary>${t.filters}</summary><div class="groups">${fields}</div>
<details${isRare ? html` open` : ""}><summary>${t.more}</summary>${rare}</details></details>
${kept(search, ["team_ids", "author_user_id", "view", "page_size"])}</form>`;
}

function orders(language: Language) {
  const { orders: words } = SEARCH_TEXTS(language);
  return ORDERS.map(
    (it) => [it === 0 ? "" : (ProjectOrderSchema.value[it]?.name ?? ""), word(words, it)] as const,
  );
}

function enumChoices(search: Search, found: Found, name: (typeof FILTERS.choices)[number]) {
  const { visit } = search;
  const words = WORDS(visit.language)[CHOICE_WORDS[name]];
  const counts = countsOf(found, CHOICE_FACETS[name]);
  const options = CHOICES[name].values
    .filter((it) => it.number !== 0)
    .map((it) => [it.name, word(words, it.number), found && (counts.get(it.name) ?? 0)] as const);
  return choices(search, name, filterName(visit, name), options);
}

function facetChoices(
  search: Search,
  found: Found,
  { name, facet, nameOf }: { name: string; facet: ProjectFacet; nameOf: (value: string) => string },
) {
  const { visit } = search;
  const counts = countsOf(found, facet);
  // What was chosen stays, also if nothing that was found has it.
  const values = new Set([...visit.query.getAll(name), ...counts.keys()]);
  const options = [...values].map((it) => [it, nameOf(it), found && (counts.get(it) ?? 0)] as const);
  return choices(search, name, filterName(visit, name), options);
}

function switches(
  { visit }: Search,
  legend: string,
  names: readonly (typeof FILTERS.mine | typeof FILTERS.work)[number][],
) {
  const { names: words } = SEARCH_TEXTS(visit.language);
  const boxes = names.map(
    (name) =>
      html`<label class="check"><input type="checkbox" name="${name}" value="true"${visit.query.get(name) === "true" ? html` checked` : ""}> <span>${words[name]}</span></label>`,
  );
  return html`<fieldset class="choices"><legend>${legend}</legend><div class="options">${boxes}</div></fieldset>`;
}

function countsOf(found: Found, facet: ProjectFacet): Map<string, number> {
  const counts = found?.facets.find((it) => it.facet === facet)?.counts ?? [];
  return new Map(counts.map(({ value, projectCount }) => [value, projectCount]));
}
