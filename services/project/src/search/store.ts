import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectFacet, type ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Reading } from "@tessera/postgres/read-replica.ts";
import { unprepared } from "@tessera/postgres/unprepared.ts";
import { LONG_FIELDS, type ProjectRow, projectOf } from "../projects/project-row.ts";
import { projectColumns } from "../projects/store.ts";
import { type Search, searchCondition } from "./condition-store.ts";
import { type Ranking, searchOrder } from "./order-store.ts";
import type { SearchPosition } from "./search-position.ts";

/** What was found is counted so far. */
export const COUNTED_MAX = 10_000;
/** The most similar words that are compared with a word of the text. */
const LIKE_MAX = 200;

/** The most bytes of long fields on a page, beyond the first project's. */
const PAGE_LONG_BYTES = 2 * 1024 * 1024;
/** The long fields that are columns. */
const LONG_COLUMNS = LONG_FIELDS.filter((name) => name !== "allowed_user_ids");

/** The columns of `project_search` by which is counted: lists are grouped by their text, which costs less than by the list. */
const FACET_COLUMNS = {
  [ProjectFacet.STATUS]: "status",
  [ProjectFacet.PRIORITY]: "priority",
  [ProjectFacet.DIFFICULTY]: "difficulty",
  [ProjectFacet.MAPPING_TYPE]: "mapping_types_text",
  [ProjectFacet.ORGANISATION]: "organisation_id",
  [ProjectFacet.COUNTRY]: "countries_text",
  [ProjectFacet.CAMPAIGN]: "campaigns_text",
} satisfies Partial<Record<ProjectFacet, string>>;

/** A facet that can be counted. */
export type Counted = keyof typeof FACET_COLUMNS;

/** How many have one value of a facet, or one list of values; of no facet: how many there are. */
export interface Count {
  facet: Counted | undefined;
  values: (string | number)[];
  projects: number;
}

/** A page that is asked for. */
export interface PageOf {
  orderBy: ProjectOrder;
  descending: boolean | undefined;
  ranking: Ranking | undefined;
  after: SearchPosition | undefined;
  most: number;
}

/** How projects are found. Statements are planned for what is looked for: the best plan depends on it. */
export function searchStore(reading: Reading) {
  return {
    /** The words of a text, folded, in their order. */
    async words(text: string): Promise<string[]> {
      const sql = reading.sql();
      const [row] = await sql<{ words: string[] }[]>`select search_words(search_fold(${text})) as words`;
      return row?.words ?? [];
    },

    /** Words of names and tags that are somewhat like one of these, the likest first. */
    async like(words: readonly string[]): Promise<string[]> {
      const sql = reading.sql();
      const rows = await sql<{ word: string }[]>`
        select found.word from unnest(${words as string[]}::text[]) as asked (word),
          search_like(asked.word, ${LIKE_MAX}) as found
        order by found.likeness desc, found.word`;
      return [...new Set(rows.map(({ word }) => word))];
    },

    /** The positions of one page. */
    async positions(search: Search, { orderBy, descending, ranking, after, most }: PageOf) {
      const sql = reading.sql();
      const order = searchOrder(sql, orderBy, descending, ranking);
      const rest = after === undefined ? sql`true` : order.after(after);
      return unprepared(sql<{ projectId: number; key: string }[]>`
        select projects.project_id as "projectId", ${order.keyText} as key
        from project_search as projects
        where ${searchCondition(sql, search)} and ${rest}
        order by ${order.by}
        limit ${most}`);
    },

    /** Counts what is found, `COUNTED_MAX` and one more at most, as a whole and by facets. */
    async counts(search: Search, facets: readonly Counted[]): Promise<Count[]> {
      const sql = reading.sql();
      const columns = facets.map((facet) => sql(FACET_COLUMNS[facet]));
      const some = columns.map((column) => sql`, ${column}`);
      const sets = columns.map((column) => sql`, (${column})`);
      const rows = await unprepared(sql<Record<string, number | string | null>[]>`
        select count(*)::integer as projects ${joined(sql, some)}
        from (
          select 0 ${joined(sql, some)} from project_search as projects
          where ${searchCondition(sql, search)}
          limit ${COUNTED_MAX + 1}
        ) as found
        group by grouping sets (() ${joined(sql, sets)})`);
      return rows.map((row) => countOf(row, facets));
    },

    /** How many of these projects, in this order, one page can carry with these long fields; the first one always. */
    fitting: (projectIds: readonly number[], fields: ReadonlySet<string>) =>
      countFitting(reading.sql(), projectIds, fields),

    /** The documents of these projects with these long fields, in this order; those that are gone are left out. */
    async documents(
      projectIds: readonly number[],
      userId: bigint,
      { fields, languages }: { fields: ReadonlySet<string>; languages: readonly string[] },
    ): Promise<Project[]> {
      if (projectIds.length === 0) return [];
      const sql = reading.sql();
      const rows = await sql<ProjectRow[]>`
        select ${projectColumns(sql, fields, userId, languages)} from projects
        where project_id = any(${projectIds as number[]}::integer[])`;
      const found = new Map(rows.map((row) => [row.projectId, projectOf(row)]));
      return projectIds.flatMap((projectId) => found.get(projectId) ?? []);
    },
  };
}

async function countFitting(
  sql: Sql,
  projectIds: readonly number[],
  fields: ReadonlySet<string>,
): Promise<number> {
  const long = LONG_COLUMNS.filter((name) => fields.has(name));
  if (projectIds.length === 0 || long.length === 0) return projectIds.length;
  const sizes = long.map((name) => sql`+ coalesce(octet_length(${sql(name)}), 0)`);
  const [row] = await sql<[{ fitting: number }]>`
    select count(*)::integer as fitting from (
      select sum(bytes) over (order by place) - bytes as before from (
        select place, 0 ${joined(sql, sizes)} as bytes
        from unnest(${projectIds as number[]}::integer[]) with ordinality as asked (id, place)
        left join (
          select project_id, description, instructions, task_instructions, translations::text as translations, area,
            priority_areas from projects
        ) as long on project_id = asked.id) as sized
    ) as measured where before < ${PAGE_LONG_BYTES}`;
  return row.fitting;
}

function joined(sql: Sql, pieces: ReturnType<typeof nothing>[]) {
  return pieces.reduce((all, one) => sql`${all} ${one}`, nothing(sql));
}

function nothing(sql: Sql) {
  return sql``;
}

/** No column is ever null but where a row is not about it. */
function countOf(row: Record<string, number | string | null>, facets: readonly Counted[]): Count {
  const projects = Number(row.projects);
  const facet = facets.find((it) => row[FACET_COLUMNS[it]] !== null);
  if (facet === undefined) return { facet, values: [], projects };
  const value = row[FACET_COLUMNS[facet]] as string | number;
  return { facet, values: typeof value === "string" ? JSON.parse(value) : [value], projects };
}
