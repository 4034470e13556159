import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { type Extent, type ProjectRow, projectColumns, projectOf } from "./project-row.ts";
import { type Asking, visibleTo } from "./visible-to.ts";

/** Which projects a page of the list shows. */
export interface Page {
  /** Only projects with a smaller id; undefined for the first page. */
  before: number | undefined;
  most: number;
  /** Whose favourites are marked. */
  userId: bigint;
  /** To whom it is shown. */
  asking: Asking;
}

/** Above all ids of projects. */
const ABOVE_ALL = 2 ** 31;

/** What is read of projects. */
export function projectStore(sql: Sql) {
  return {
    /** Undefined for a project that is not there, and for one that is not there for whoever is `asking`. Whether it is a favourite is `userId`'s. */
    async find(
      projectId: number,
      { extent = "whole", userId = 0n, asking }: { extent?: Extent; userId?: bigint; asking?: Asking } = {},
    ): Promise<Project | undefined> {
      const [row] = await sql<ProjectRow[]>`
        select ${projectColumns(sql, extent, userId)} from projects
        where project_id = ${projectId} ${asking ? sql`and ${visibleTo(sql, asking)}` : sql``}`;
      return row && projectOf(row);
    },

    /** The projects of one page, newest first, without their areas. */
    async list({ before, most, userId, asking }: Page): Promise<Project[]> {
      const rows = await sql<ProjectRow[]>`
        select ${projectColumns(sql, "listed", userId)}
        from projects
        where project_id < ${before ?? ABOVE_ALL}::bigint
          and ${visibleTo(sql, asking)}
        order by project_id desc
        limit ${most}`;
      return rows.map(projectOf);
    },
  };
}
