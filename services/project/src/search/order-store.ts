import { ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { SearchPosition } from "./search-position.ts";
import { anyTerm, everyGroup, inName, type Wanted, wantedWhole } from "./search-words.ts";

/** The terms of relevance. */
export interface Ranking {
  /** All words of the text. */
  words: readonly string[];
  /** What they ask for as they are spelled. */
  exact: readonly Wanted[];
  /** What is looked for. */
  wanted: readonly Wanted[];
}

/** An order of rows of `project_search`, named `projects`: pieces of a query. Each order has a direction of its own. */
export function searchOrder(
  sql: Sql,
  orderBy: ProjectOrder,
  descending: boolean | undefined,
  ranking: Ranking | undefined,
) {
  const { key, tie, rises, read } = orderOf(sql, orderBy, ranking);
  const up = descending === undefined ? rises : !descending;
  const direction = up ? sql`asc` : sql`desc`;
  return {
    /** What a position says of a project. */
    keyText: keyText(sql, orderBy, key),
    by: sql`${key} ${direction}, ${tie} ${direction}`,
    after: ({ key: last, projectId }: SearchPosition) => {
      const position = sql`(${read(last)}, ${rises ? -projectId : projectId}::integer)`;
      return up ? sql`(${key}, ${tie}) > ${position}` : sql`(${key}, ${tie}) < ${position}`;
    },
  };
}

function orderOf(sql: Sql, orderBy: ProjectOrder, ranking: Ranking | undefined) {
  const number = (last: string) => sql`${last}::text::bigint`;
  const time = (last: string) =>
    sql`(timestamptz 'epoch' + ${last}::text::bigint * interval '1 microsecond')`;
  const text = (last: string) => sql`${last}::text`;
  // Of those that are alike, the newer one comes first: its number is the higher.
  const falling = { tie: sql`projects.project_id`, rises: false };
  const rising = { tie: sql`(-projects.project_id)`, rises: true };
  switch (orderBy) {
    case ProjectOrder.RELEVANCE:
      return { key: relevance(sql, ranking), read: number, ...falling };
    case ProjectOrder.UPDATE_TIME:
      return { key: sql`update_time`, read: time, ...falling };
    case ProjectOrder.PRIORITY:
      return { key: sql`priority`, read: number, ...falling };
    case ProjectOrder.PROGRESS:
      return { key: sql`progress`, read: number, ...falling };
    case ProjectOrder.VALIDATED:
      return { key: sql`validated`, read: number, ...falling };
    case ProjectOrder.ACTIVITY:
      return { key: sql`activity_time`, read: time, ...falling };
    case ProjectOrder.DUE_TIME:
      return { key: sql`due_time`, read: time, ...rising };
    case ProjectOrder.NAME:
      return { key: sql`sort_name`, read: text, ...rising };
    default:
      return { key: sql`projects.project_id`, read: number, ...falling };
  }
}

const TIMES: readonly ProjectOrder[] = [
  ProjectOrder.UPDATE_TIME,
  ProjectOrder.DUE_TIME,
  ProjectOrder.ACTIVITY,
];

function keyText(sql: Sql, orderBy: ProjectOrder, key: ReturnType<typeof relevance>) {
  const isTime = TIMES.includes(orderBy);
  return isTime ? sql`(extract(epoch from ${key}) * 1000000)::bigint::text` : sql`${key}::text`;
}

/**
 * What has more of the words whole, or lies in a country of that name, comes before what only has words that begin so. Then
 * what has all words in its name comes first, then what has more of them in places of more weight: names, then tags, then
 * short descriptions. Of what is spelled nearly so, ranks are steps: they do not shift when a word joins the lexicon.
 */
function relevance(sql: Sql, ranking: Ranking | undefined) {
  if (ranking === undefined || ranking.wanted.length === 0) return sql`0::integer`;
  const { words, exact, wanted } = ranking;
  const whole = wantedWhole(words)
    .map((group) => sql`${has(sql, group)}::integer`)
    .reduce((all, one) => sql`${all} + ${one}`);
  if (exact !== wanted) {
    const isExact = exact.map((group) => has(sql, group)).reduce((all, one) => sql`${all} and ${one}`);
    return sql`(100 * (${isExact})::integer + 4 * (${whole})
      + 2 * (words @@ ${everyGroup(wanted, "A")}::tsquery)::integer
      + (words @@ ${everyGroup(wanted, "AB")}::tsquery)::integer)`;
  }
  return sql`(1000000 * (2 * (${whole}) + ts_rank('{0, 0.2, 0.5, 1}', words, ${anyTerm(exact)}::tsquery)
    + (words @@ ${inName(words)}::tsquery)::integer))::integer`;
}

/** Whether a project has one of the terms, or lies in one of the countries. */
function has(sql: Sql, { terms, countries }: Wanted) {
  const inWords = sql`words @@ ${everyGroup([{ terms, countries }])}::tsquery`;
  return countries.length === 0 ? sql`(${inWords})` : sql`(${inWords} or countries && ${countries}::text[])`;
}
