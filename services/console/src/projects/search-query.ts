import type { DescEnum, MessageInitShape } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  MappingTypeSchema,
  ProjectDifficultySchema,
  ProjectPrioritySchema,
  ProjectStatusSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import {
  ProjectFacet,
  type ProjectOrder,
  ProjectOrderSchema,
} from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { enumValue } from "../visits/enum-value.ts";

/** The filters of a list of projects, under the names that the contract and the address give them. */
export const FILTERS = {
  choices: ["statuses", "priorities", "difficulties", "mapping_types"],
  texts: ["campaigns", "countries", "interests"],
  numbers: ["organisation_ids", "team_ids"],
  times: ["after_time", "before_time", "updated_after_time", "updated_before_time", "active_after_time"],
  work: ["to_map", "to_validate", "featured"],
  mine: ["favourite", "mapped_by_me", "created_by_me", "managed_by_me"],
  box: ["bounding_box.west", "bounding_box.south", "bounding_box.east", "bounding_box.north"],
} as const;

/** The enum of each choice. */
export const CHOICES: Record<(typeof FILTERS.choices)[number], DescEnum> = {
  statuses: ProjectStatusSchema,
  priorities: ProjectPrioritySchema,
  difficulties: ProjectDifficultySchema,
  mapping_types: MappingTypeSchema,
};

const FACETS = [
  ProjectFacet.STATUS,
  ProjectFacet.PRIORITY,
  ProjectFacet.DIFFICULTY,
  ProjectFacet.MAPPING_TYPE,
  ProjectFacet.ORGANISATION,
  ProjectFacet.COUNTRY,
  ProjectFacet.CAMPAIGN,
];
const INT32_MAX = 2 ** 31 - 1;
/** A time that the contract refuses: what was typed is none. */
const NO_TIME: Timestamp = timestampFromDate(new Date(8.64e15));

/** The request that an address of the list stands for. What cannot be read becomes what the contract refuses at its field. */
export function searchRequest(query: URLSearchParams): MessageInitShape<typeof ListProjectsRequestSchema> {
  const choices = <T extends number>(name: (typeof FILTERS.choices)[number]) =>
    query.getAll(name).map((it) => enumValue<T>(CHOICES[name], it));
  const numbers = (name: string) => query.getAll(name).map(wholeNumber);
  const descending = query.get("descending");
  const author = query.get("author_user_id");
  const order = query.get("order_by");
  return {
    pageToken: query.get("page_token") ?? "",
    query: query.get("query") ?? "",
    statuses: choices("statuses"),
    priorities: choices("priorities"),
    difficulties: choices("difficulties"),
    mappingTypes: choices("mapping_types"),
    organisationIds: numbers("organisation_ids"),
    teamIds: numbers("team_ids"),
    campaigns: query.getAll("campaigns"),
    countries: query.getAll("countries").map((it) => it.toUpperCase()),
    interests: query.getAll("interests"),
    ...times(query),
    ...(author !== null && { authorUserId: /^\d{1,18}$/.test(author) ? BigInt(author) : 0n }),
    createdByMe: isOn(query, "created_by_me"),
    mappedByMe: isOn(query, "mapped_by_me"),
    managedByMe: isOn(query, "managed_by_me"),
    favourite: isOn(query, "favourite"),
    toMap: isOn(query, "to_map"),
    toValidate: isOn(query, "to_validate"),
    ...(query.has("featured") && { featured: isOn(query, "featured") }),
    ...box(query),
    // -1 is no order, which the contract refuses.
    orderBy: (order === null
      ? 0
      : (ProjectOrderSchema.values.find((it) => it.name === order)?.number ?? -1)) as ProjectOrder,
    ...(descending !== null && { descending: descending === "true" }),
    facets: FACETS,
    withTotal: true,
  };
}

/** The same address with one value of a filter taken away; with all of them if none is named. It begins at the first page. */
export function without(query: URLSearchParams, name: string, value?: string): URLSearchParams {
  const left = new URLSearchParams(query);
  if (value === undefined) left.delete(name);
  else left.delete(name, value);
  left.delete("page_token");
  return left;
}

/** The same address with one filter more, or with another value of what has one. */
export function withValue(
  query: URLSearchParams,
  name: string,
  value: string,
  adds: boolean,
): URLSearchParams {
  const more = new URLSearchParams(query);
  if (adds) {
    if (!more.has(name, value)) more.append(name, value);
  } else more.set(name, value);
  more.delete("page_token");
  return more;
}

/** The address without what says nothing, as forms send it; undefined if it is so already. */
export function cleaned(query: URLSearchParams): URLSearchParams | undefined {
  const kept = [...query].filter(([, value]) => value.trim() !== "");
  return kept.length === query.size ? undefined : new URLSearchParams(kept);
}

/** All filters that an address sets, with their values, in its order. */
export function activeFilters(query: URLSearchParams): (readonly [name: string, value: string])[] {
  const known = new Set<string>(["query", "author_user_id", ...Object.values(FILTERS).flat()]);
  return [...query].filter(
    ([name, value]) => known.has(name) && value !== "" && !(isSwitch(name) && value !== "true"),
  );
}

/** The path of an address of the list. */
export function listPath(query: URLSearchParams): string {
  return query.size === 0 ? "/v1/projects" : `/v1/projects?${query}`;
}

/** Whether a filter is on or off. */
export function isSwitch(name: string): boolean {
  return ([...FILTERS.mine, ...FILTERS.work] as readonly string[]).includes(name);
}

function isOn(query: URLSearchParams, name: string): boolean {
  return query.get(name) === "true";
}

/** 0, which is nobody's number, for what is none. */
function wholeNumber(text: string): number {
  const value = Number(text);
  return /^\d+$/.test(text) && value <= INT32_MAX ? value : 0;
}

function times(query: URLSearchParams) {
  const time = (name: string) => {
    const text = query.get(name);
    if (!text) return undefined;
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? NO_TIME : timestampFromDate(date);
  };
  const [after, before] = [time("after_time"), time("before_time")];
  const [updatedAfter, updatedBefore] = [time("updated_after_time"), time("updated_before_time")];
  const activeAfter = time("active_after_time");
  return {
    ...(after && { afterTime: after }),
    ...(before && { beforeTime: before }),
    ...(updatedAfter && { updatedAfterTime: updatedAfter }),
    ...(updatedBefore && { updatedBeforeTime: updatedBefore }),
    ...(activeAfter && { activeAfterTime: activeAfter }),
  };
}

function box(query: URLSearchParams) {
  const sides = FILTERS.box.flatMap((name) => {
    const text = query.get(name);
    return text ? [[name.slice("bounding_box.".length), Number(text)] as const] : [];
  });
  return sides.length === 0 ? {} : { boundingBox: Object.fromEntries(sides) };
}
