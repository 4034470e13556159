import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Favourite, FavouriteSchema } from "@tessera/contracts/tessera/project/v1/favourite_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { type Asking, visibleTo } from "../access/store.ts";
import { type ProjectRow, projectOf } from "../projects/project-row.ts";
import { projectColumns } from "../projects/store.ts";

/** A position in somebody's list of favourites, which has the last one first. */
export interface FavouritePosition {
  createTime: Date;
  projectId: number;
}

/** Which favourites are read. */
export interface FavouritePage {
  userId: bigint;
  /** To whom the projects are shown. */
  asking: Asking;
  /** Only what comes after it; undefined for the first page. */
  after: FavouritePosition | undefined;
  most: number;
}

type FavouriteRow = ProjectRow & { markTime: Date };

/** What is read of favourites. */
export function favouriteStore(sql: Sql) {
  return {
    /** Returns undefined without a mark, and for a project that `asking` may not see. */
    async find(projectId: number, userId: bigint, asking: Asking): Promise<Favourite | undefined> {
      const [row] = await sql<FavouriteRow[]>`
        ${markedProjects(sql, userId)} and marked_id = ${projectId} and ${visibleTo(sql, asking)}`;
      return row && favouriteOf(row);
    },

    async list({ userId, asking, after, most }: FavouritePage): Promise<Favourite[]> {
      const rows = await sql<FavouriteRow[]>`
        ${markedProjects(sql, userId)} and ${visibleTo(sql, asking)}
          ${after ? sql`and (mark_time, marked_id) < (${after.createTime}, ${after.projectId})` : sql``}
        order by mark_time desc, marked_id desc
        limit ${most}`;
      return rows.map(favouriteOf);
    },
  };
}

/** Marks a project; returns whether it was not marked before. Undefined if there is no such project. */
export async function insertFavourite(
  tx: TransactionSql,
  projectId: number,
  userId: bigint,
  now: Date,
): Promise<boolean | undefined> {
  const found = await tx`select from projects where project_id = ${projectId} for key share`;
  if (found.length === 0) return undefined;
  const { count } = await tx`
    insert into favourites (user_id, project_id, create_time) values (${userId}, ${projectId}, ${now})
    on conflict do nothing`;
  return count === 1;
}

/** Removes a mark; returns whether there was one. */
export async function removeFavourite(
  tx: TransactionSql,
  projectId: number,
  userId: bigint,
): Promise<boolean> {
  const { count } = await tx`delete from favourites where user_id = ${userId} and project_id = ${projectId}`;
  return count === 1;
}

function markedProjects(sql: Sql, userId: bigint) {
  return sql`
    select ${projectColumns(sql, new Set(), userId)}, mark_time as "markTime"
    from (select user_id as marked_by, project_id as marked_id, create_time as mark_time from favourites) as marks
    join projects on projects.project_id = marked_id
    where marked_by = ${userId}`;
}

function favouriteOf({ markTime, ...row }: FavouriteRow): Favourite {
  const project = projectOf(row);
  const { projectId } = project;
  return create(FavouriteSchema, {
    projectId,
    project,
    createTime: timestampFromDate(markTime),
    revision: 1n,
  });
}
