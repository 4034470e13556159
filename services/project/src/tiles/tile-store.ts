import { create, fromBinary } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Reading } from "@tessera/postgres/read-replica.ts";
import { unprepared } from "@tessera/postgres/unprepared.ts";
import { type Search, searchCondition } from "../search/condition-store.ts";

/** The most projects of a tile. */
const TILE_PROJECTS_MAX = 20_000;

/** A project as a map shows it. */
export interface MappedProject {
  projectId: number;
  revision: bigint;
  name: string;
  status: number;
  priority: number;
  difficulty: number;
  /** In hundredths of a percent; -1 where there are no tasks. */
  progress: number;
  west: number;
  south: number;
  east: number;
  north: number;
  /** Its centroid. */
  longitude: number;
  latitude: number;
}

/** An outline, and the revision at which a project has it. */
export interface Outline {
  projectId: number;
  revision: bigint;
  area: MultiPolygon;
}

/** What maps of projects read. */
export function tileStore(reading: Reading) {
  return {
    /** Another text after each change of a project, and of what is known of the work on any. */
    async version(): Promise<string> {
      const sql = reading.sql();
      const [row] = await sql<{ version: string }[]>`
        select format('%s/%s/%s', head.position, waiting.count, progress.position) as version
        from (select position from feed_head where feed = 'project_events') head,
          (select count(*) as count from project_events where position is null) waiting,
          (select position from progress_feed) progress`;
      return row?.version ?? "";
    },

    /** The projects in a box that the viewer may see: the newest ones, by number. */
    async inBox(box: NonNullable<Search["box"]>, viewer: Search["viewer"]): Promise<MappedProject[]> {
      const sql = reading.sql();
      const search = { request: create(ListProjectsRequestSchema), box, viewer, wanted: undefined };
      return unprepared(sql<MappedProject[]>`
        select found.*, p.name, p.revision, coalesce(p.longitude, (found.west + found.east) / 2) as longitude,
          coalesce(p.latitude, (found.south + found.north) / 2) as latitude
        from (
          select project_id as "projectId", status, priority, difficulty, progress, west, south, east, north
          from project_search as projects where ${searchCondition(sql, search)}
          order by project_id desc limit ${TILE_PROJECTS_MAX}
        ) as found join projects p on p.project_id = found."projectId"
        order by found."projectId"`);
    },

    /** The outlines of projects. */
    async outlines(projectIds: readonly number[]): Promise<Outline[]> {
      if (projectIds.length === 0) return [];
      const sql = reading.sql();
      const rows = await sql<{ projectId: number; revision: bigint; area: Uint8Array }[]>`
        select project_id as "projectId", revision, area from projects
        where project_id = any(${projectIds as number[]}::integer[])`;
      return rows.map((row) => ({ ...row, area: fromBinary(MultiPolygonSchema, row.area) }));
    },
  };
}
