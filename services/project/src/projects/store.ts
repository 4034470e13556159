import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { type Asking, visibleTo } from "../access/visible-to.ts";
import { type Extent, type ProjectRow, projectColumns, projectOf } from "./project-row.ts";

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
  };
}
