import { randomUUID } from "node:crypto";
import { create, type DescMessage, type DescMethod } from "@bufbuild/protobuf";
import { type Client, createContextValues } from "@connectrpc/connect";
import { durationOf } from "@tessera/contracts/duration.ts";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type Access, AccessSchema, ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason as ProjectReason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import type { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import type { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import type { ContributionService } from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import type { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import type { StatisticsService } from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import type { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import type { ValidationService } from "@tessera/contracts/tessera/task/v1/validation_service_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { squareArea, tileArea } from "@tessera/geometry/grids/tile.ts";
import { keyedMutex } from "@tessera/postgres/keyed-mutex.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { ANONYMOUS, callerKey, callerOf } from "@tessera/rpc/caller.ts";
import { Refusal, refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import type { Served } from "@tessera/rpc/serve.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { blocked } from "@tessera/testing/ground/blocked.ts";
import type { Deps } from "../deps.ts";
import { MIGRATIONS } from "../migrations.ts";
import { batchUpdateTasksOperation } from "../operations/batch-update-tasks-operation.ts";
import { createTasksOperation } from "../operations/create-tasks-operation.ts";
import { operationRunner, type Runner } from "../operations/operation-runner.ts";
import { reconcileTasksOperation } from "../reconciling/reconcile-tasks-operation.ts";
import { taskServices } from "../service.ts";
import { openStore, type Store } from "../store.ts";
import { insertTasks, widestOf } from "../tasks/insert-store.ts";
import { KEPT_TASK_SETS_BYTES } from "../tiles/kept-task-sets.ts";

const YES = { permitted: true };
const refuse = refusals(ReasonSchema);
export const LOG = createLog({ name: "test", level: "silent" });
const ZOOM = 14;
const NO_STREAM_LIMIT_MS = 600_000;
/** What every test project may be cut within. */
export const EVERYWHERE = squareArea(-179, -80, 179, 80);

export type TestService = Awaited<ReturnType<typeof testService>>;
type ProjectArea = { of: MultiPolygon; urgent?: MultiPolygon; revision: bigint };
type Permissions = Partial<Omit<Access, "$typeName">>;
/** What happens when a command asks for access: after it has read, before it writes. */
type Meanwhile = () => Promise<unknown>;

/**
 * The handlers of the task service over a database of their own, or that of another, as a second process would have
 * it; the test decides who may do what.
 */
export async function testService(settings: Partial<Deps["settings"]> = {}, of?: Omit<TestDatabase, "drop">) {
  const database = of ? { ...of, drop: async () => {} } : await testDatabase(MIGRATIONS);
  const failed = (error: unknown) => {
    throw error;
  };
  const store = openStore(database.sql, failed, { byProject: database.isDistributed });
  const stopping = new AbortController();
  const permissions = new Map<string, Permissions>();
  const hidden = new Set<string>();
  const asked: number[] = [];
  const area: ProjectArea = { of: EVERYWHERE, revision: 1n };
  let runner: Runner | undefined;
  const deps: Deps = {
    store,
    projects: {
      access: async (projectId, context) => {
        asked.push(projectId);
        const { userId } = callerOf(context);
        const meanwhile = context.requestHeader.get("meanwhile");
        context.requestHeader.delete("meanwhile");
        if (meanwhile !== null) await waiting.get(meanwhile)?.();
        if (hidden.has(`${projectId}/${userId}`)) {
          throw refusalToError(refuse(ProjectReason.PROJECT_NOT_FOUND));
        }
        const given = permissions.get(`${projectId}/${userId}`) ?? permissions.get(`0/${userId}`) ?? {};
        return accessOf(projectId, userId, given);
      },
      area: async () => area.of,
      isKnownToSee: () => false,
      areaNow: async () => ({ area: area.of, priorityAreas: area.urgent, revision: area.revision }),
      visible: async (ids, it) => ids.filter((id) => !hidden.has(`${id}/${callerOf(it).userId}`)),
      matching: async () => [1],
    },
    people: { refuseUnknownUser: async () => {} },
    operations: { poke: () => runner?.poke() },
    mutex: keyedMutex(),
    stopping: stopping.signal,
    settings: {
      slotLimits: { [LockPurpose.MAPPING]: 1, [LockPurpose.VALIDATION]: 100 },
      perMinute: { comments: 10_000, reports: 10_000 },
      longestLockSeconds: 604_800,
      tasksMax: 100_000,
      streamMaxMs: NO_STREAM_LIMIT_MS,
      keptTaskSetsBytes: KEPT_TASK_SETS_BYTES,
      ...settings,
    },
  };
  const waiting = new Map<string, Meanwhile>();
  const services = taskServices(deps);
  return {
    ...database,
    store,
    /** How often access was asked for: once for each try of a split, once for each other command. */
    asked,
    /** The area of all projects, and their revision. */
    area,
    /** Says what somebody may do in a project, or in all for 0, beyond mapping and validating. */
    allow: (userId: number, given: Permissions, projectId = 0) =>
      void permissions.set(`${projectId}/${userId}`, given),
    /** Hides a project from somebody. */
    hide: (userId: number, projectId: number) => void hidden.add(`${projectId}/${userId}`),
    /** The service as somebody calls it. `meanwhile` happens once, between the reading and the writing. */
    as: (
      userId: number,
      meanwhile?: Meanwhile,
      signal = new AbortController().signal,
      scopes: readonly string[] = PERSON_SCOPES,
    ) => {
      const caller = { ...ANONYMOUS, userId: BigInt(userId), sessionId: "s", scopes: new Set(scopes) };
      const requestHeader = new Headers();
      if (meanwhile !== undefined) {
        const id = randomUUID();
        waiting.set(id, meanwhile);
        requestHeader.set("meanwhile", id);
      }
      const values = createContextValues().set(callerKey, caller);
      return clientOf(services, { values, signal, requestHeader });
    },
    /** Begins to work at operations, with some of the store's doings replaced. */
    run: (replaced: (store: Store) => Partial<Store> = () => ({})) => {
      const work = { settings: deps.settings, store: { ...store, ...replaced(store) } };
      const begun = operationRunner(
        store,
        {
          [TaskService.method.createTasks.name]: createTasksOperation(work),
          [TaskService.method.batchUpdateTasks.name]: batchUpdateTasksOperation(work),
          [TaskService.method.reconcileTasks.name]: reconcileTasksOperation(work),
        },
        LOG,
      );
      runner = begun;
      begun.poke();
      return begun;
    },
    deps,
    end: async () => {
      stopping.abort();
      await runner?.stop();
      await store.stop();
      await database.drop();
    },
  };
}

function accessOf(projectId: number, userId: bigint, given: Permissions): Access {
  const management = { permitted: given.role === ProjectRole.MANAGER };
  const usual = {
    role: ProjectRole.VALIDATOR,
    mapping: YES,
    validation: YES,
    management,
    lockDuration: durationOf(3_600),
  };
  return create(AccessSchema, { projectId, userId, ...usual, ...given } as never);
}

type Handler = (request: unknown, context: unknown) => unknown;
type TaskClient = Client<typeof TaskService> &
  Client<typeof LockService> &
  Client<typeof SubmissionService> &
  Client<typeof AssignmentService> &
  Client<typeof CommentService> &
  Client<typeof OperationService> &
  Client<typeof ContributionService> &
  Client<typeof StatisticsService> &
  Client<typeof ReportService> &
  Client<typeof TaskEventService> &
  Client<typeof ValidationService> &
  Client<typeof TaskTileService>;

/** Calls handlers as the server does: each call with a request id, in project 1 unless it says otherwise. */
function clientOf(services: Served[], context: object): TaskClient {
  const call = (name: string) => (init: object) => {
    const { desc, impl } = services.find((it) => name in it.desc.method) as Served;
    const method = desc.method[name] as DescMethod;
    const handler = impl[name] as unknown as Handler;
    const given = { requestId: randomUUID(), projectId: 1, ...init } as Record<string, unknown>;
    const known = method.input.fields.map(({ localName }) => localName);
    const request = create(
      method.input as DescMessage,
      Object.fromEntries(Object.entries(given).filter(([key]) => known.includes(key))) as never,
    );
    if (method.methodKind !== "unary") return handler(request, context);
    return (async () => create(method.output as DescMessage, (await handler(request, context)) as never))();
  };
  return new Proxy({}, { get: (_, name) => call(String(name)) }) as TaskClient;
}

/** The reason of a refusal, or "acknowledged". */
export async function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "acknowledged",
    (error: unknown) => (error instanceof Refusal ? error.reason.name : String(error)),
  );
}

/** Squares in rows of `width`, at a place on the equator. */
export function squares(count: number, width = 40, [x, y] = [9_000, 8_192]): GridTask[] {
  return Array.from({ length: count }, (_, index) => {
    const tile = { zoom: ZOOM, x: x + (index % width), y: y + Math.floor(index / width) };
    return { tile, area: tileArea(tile) };
  });
}

/** Gives a project these tasks, numbered from 1. */
export async function plant(sql: Sql, tasks: readonly GridTask[], projectId = 1): Promise<void> {
  await sql.begin(async (tx) => {
    const createTime = new Date();
    await tx`insert into task_sets (project_id, task_count, last_task_id, widest_degrees, revision)
      values (${projectId}, ${tasks.length}, ${tasks.length}, ${widestOf(tasks)}, 1)`;
    await insertTasks(tx, { projectId, firstId: 1, parentIds: 0, createTime }, tasks);
    await tx`insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, task_count)
      values (${projectId}, 0, 1, ${TaskEventKind.TASKS_CREATED}, 1, now(), clock_timestamp(), ${tasks.length})`;
  });
}

/** Empties all tables but the head of the feed. */
export async function clear(sql: Sql): Promise<void> {
  await sql`truncate tasks, task_areas, task_sets, submissions, lock_slots, task_events, remembered_requests,
    operations, comments, reports, person_rates, unread_areas, statistics_days, statistics_states`;
  await sql`update feed_head set position = given where given > position`;
  await sql`update statistics_feed set position = (select position from feed_head where feed = 'task_events')`;
  await sql`update area_feed set position = '', holder = null, expire_time = '-infinity'`;
}

/** Lets a lock expire a second ago. */
export async function lapse(sql: Sql, taskId: number, projectId = 1): Promise<void> {
  const ago = sql`date_trunc('milliseconds', statement_timestamp() - interval '1 second')`;
  await sql.begin(async (tx) => {
    const [row] = await tx<{ at: Date }[]>`
      update tasks set lock_expire_time = ${ago} where project_id = ${projectId} and task_id = ${taskId}
      returning lock_expire_time as at`;
    await tx`update lock_slots set expire_time = ${row?.at ?? null}
      where project_id = ${projectId} and task_id = ${taskId}`;
  });
}

/**
 * Lets another connection hold a row while `work` is under way, apply its change once a number of statements wait for
 * it, and commit: what `work` read is no longer so when it writes.
 */
export async function whileHeld<T>(
  sql: Sql,
  { hold, change = async () => {}, waiters = 1 }: { hold: Step; change?: Step; waiters?: number },
  work: () => Promise<T>,
): Promise<T> {
  return sql
    .begin(async (tx) => {
      await hold(tx);
      const working = work();
      working.catch(() => {});
      await until(async () => (await blocked(sql)) >= waiters);
      await change(tx);
      return { working };
    })
    .then(({ working }) => working);
}

type Step = (tx: TransactionSql) => PromiseLike<unknown>;

const TRIES_MAX = 500;
const BETWEEN_TRIES_MS = 10;

/** Waits until something is so; throws if it is not for five seconds. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
  }
  throw new Error("it did not come to that");
}
