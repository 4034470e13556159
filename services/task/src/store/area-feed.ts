import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { followedFeed } from "@tessera/postgres/followed-feed.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { RequestKey } from "@tessera/postgres/requests.ts";
import type { FeedPlace } from "@tessera/rpc/fold-feed.ts";

/** A replica that follows is given up for gone after so long without a word from it. */
const LEASE_SECONDS = 15;
const { fitTasks, createTasks } = TaskService.method;

/** A fitting that nobody asked for: the area was changed. */
export interface Fitting {
  /** Names the change, so that it is heeded once. */
  key: RequestKey;
  request: Uint8Array;
  area: Uint8Array;
  areaRevision: bigint;
}

/** What is stored of the following of projects whose area is changed. */
export function areaFeed(sql: Sql) {
  const { take, release, move } = followedFeed(sql, "area_feed", LEASE_SECONDS);
  return {
    take,
    release,

    /** Goes on from another position. False where another replica has the following, or it has gone on already. */
    moveTo: (place: FeedPlace, next: string): Promise<boolean> => move(sql, place, next),

    /** Which of the projects have tasks, or are being cut into some. */
    async withTasks(projectIds: readonly number[]): Promise<number[]> {
      const rows = await sql<{ project_id: number }[]>`
        select p.project_id from unnest(${projectIds}::integer[]) as p (project_id)
        where exists (select from task_sets s where s.project_id = p.project_id) or ${cutting(sql, sql`p.project_id`)}`;
      return rows.map((row) => row.project_id);
    },

    /** Whether a project is being cut into tasks. */
    async isBeingCut(projectId: number): Promise<boolean> {
      const [row] = await sql<{ cut: boolean }[]>`select ${cutting(sql, sql`${projectId}::integer`)} as cut`;
      return row?.cut ?? false;
    },

    /**
     * Starts fittings, each once, and keeps the position after what told of them, all or nothing. False where another
     * replica has the following, or it has gone on already: nothing was written then.
     */
    write: (place: FeedPlace, next: string, fittings: readonly Fitting[]): Promise<boolean> =>
      sql.begin(async (tx) => {
        if (!(await move(tx, place, next))) return false;
        for (const fitting of fittings) await start(tx, fitting);
        return true;
      }),
  };
}

/** Whether CreateTasks is under way in a project. */
function cutting(sql: Sql, projectId: ReturnType<Sql>) {
  return sql`exists (select from operations o
    where o.project_id = ${projectId} and o.kind = ${createTasks.name} and o.end_time is null)`;
}

/**
 * Starts a fitting, unless the change was heeded before. One of the kind that nobody began yet gets the later area
 * instead, so that no more than one waits in a project, whatever its area goes through.
 */
async function start(tx: TransactionSql, { key, request, area, areaRevision }: Fitting): Promise<void> {
  const { projectId } = key;
  const [known] = await tx`
    select from remembered_requests
    where project_id = ${projectId} and caller = ${key.caller} and request_id = ${key.requestId}`;
  if (known) return;
  const renewed = await tx<{ operation_id: number }[]>`
    update operations set request = ${Buffer.from(request)}, area = ${Buffer.from(area)},
      area_revision = ${areaRevision}, revision = revision + 1, update_time = clock_timestamp()
    where project_id = ${projectId} and kind = ${fitTasks.name} and user_id = 0
      and state = ${OperationState.PENDING} and area_revision <= ${areaRevision}
    returning operation_id`;
  const started =
    renewed.length > 0
      ? renewed
      : await tx<{ operation_id: number }[]>`
          insert into operations (project_id, operation_id, kind, request, area, area_revision, user_id, state,
            start_time, update_time, revision)
          select ${projectId}, coalesce(max(operation_id), 0) + 1, ${fitTasks.name}, ${Buffer.from(request)},
            ${Buffer.from(area)}, ${areaRevision}, 0, ${OperationState.PENDING}, clock_timestamp(), clock_timestamp(), 1
          from operations where project_id = ${projectId} returning operation_id`;
  await tx`
    insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
    values (${projectId}, ${key.caller}, ${key.requestId}, ${key.digest},
      ${`projects/${projectId}/operations/${started[0]?.operation_id}`}, 1, clock_timestamp(), '')`;
}
