import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { openTrust, type Trust } from "@tessera/identity/trust.ts";
import { keepHouse } from "@tessera/postgres/keep-house.ts";
import { keyedMutex } from "@tessera/postgres/keyed-mutex.ts";
import { openDatabase } from "@tessera/postgres/open-database.ts";
import { translateFailure } from "@tessera/postgres/translate-failure.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { serve } from "@tessera/rpc/serve.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { askAccess } from "./access/ask-access.ts";
import { followAccess } from "./access/follow-access.ts";
import { type KnownAccess, knownAccess } from "./access/known-access.ts";
import { type Projects, projects } from "./access/projects.ts";
import { releaseBlocked } from "./access/release-blocked.ts";
import { people } from "./assignments/people.ts";
import type { TaskConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import { sweeper } from "./locks/sweeper.ts";
import { MIGRATIONS } from "./migrations.ts";
import { batchUpdateTasksOperation } from "./operations/batch-update-tasks-operation.ts";
import { createTasksOperation } from "./operations/create-tasks-operation.ts";
import { operationRunner } from "./operations/operation-runner.ts";
import { forgetOperations } from "./operations/store.ts";
import { followAreas } from "./reconciling/follow-areas.ts";
import { reconcileTasksOperation } from "./reconciling/reconcile-tasks-operation.ts";
import { taskServices } from "./service.ts";
import { statisticsRoller } from "./statistics/roller.ts";
import { openStore } from "./store.ts";
import { forgetRates } from "./talk/rate-store.ts";
import { layPageFloor } from "./tasks/page-floor-store.ts";

/** How long a closing pool waits for what runs. */
const POOL_CLOSE_SECONDS = 5;

/** A running task service. */
export interface RunningTask {
  /** "host:port" */
  address: string;
  stop(): Promise<void>;
}

/** Starts the task service on a database that has its schema. What it began is undone if it cannot start. */
export async function startTask(config: TaskConfig, log: Log, stopped?: AbortSignal): Promise<RunningTask> {
  await using begun = new AsyncDisposableStack();
  const sql = await openDatabase(config, {
    applicationName: "task",
    migrations: MIGRATIONS,
    log,
    signal: stopped,
  });
  begun.defer(() => sql.end({ timeout: POOL_CLOSE_SECONDS }));

  if (!config.TABLES_DISTRIBUTED) await layPageFloor(sql);
  const store = openStore(
    sql,
    (error) => log.warn({ err: error }, "could not read the event feed; retrying"),
    { byProject: config.TABLES_DISTRIBUTED, keptListsBytes: config.KEPT_LISTS_BYTES },
  );
  begun.defer(async () => void (await store.stop()));
  const housekeeping = keepHouse(sql, log, { operations: forgetOperations, rates: forgetRates });
  begun.defer(() => housekeeping.stop());
  const trust = openTrust(config, "task", log);
  begun.defer(() => trust.stop());
  const persons = people(config.AUTH_ADDRESS, trust);
  begun.defer(() => persons.close());

  const settings = settingsOf(config);
  const operations = operationRunner(store, workOf({ store, settings }), log);
  begun.defer(() => operations.stop());
  const areas = followAreas(config, trust, { store, operations }, log);
  begun.defer(() => areas.stop());
  const loops = [sweeper(store, log), statisticsRoller(store, log)];
  begun.defer(async () => void (await Promise.all(loops.map((it) => it.stop()))));
  const deletions = trust.confirmDeletions(store.releaseHeld);
  begun.defer(() => deletions.stop());
  const releasing = releaseBlocked(store, trust.isBlocked, log);
  begun.defer(() => releasing.stop());
  const stopping = new AbortController();
  const known = knownAccess();
  const following = followAccess(config.PROJECT_ADDRESS, trust, known, log, store.releaseHeld);
  begun.defer(() => following.stop());
  const services = taskServices({
    store,
    projects: connectProjects(config, trust, known, begun),
    people: persons,
    operations,
    mutex: keyedMutex(),
    stopping: stopping.signal,
    settings,
  });

  const serving = await serve({
    services,
    verify: trust.verify,
    revocations: trust.revocations,
    tls: trust.tls,
    trustedProxies: config.TRUSTED_PROXIES,
    log,
    translate: translateFailure,
    ready: () => Promise.all([store.ready(), trust.ready()]),
    host: config.GRPC_HOST,
    port: config.GRPC_PORT,
    drainMs: config.DRAIN_MILLISECONDS,
    endStreams: () => {
      stopping.abort();
      store.endStreams();
    },
  });
  begun.defer(() => serving.stop());
  const running = begun.move();
  return { address: serving.address, stop: () => running.disposeAsync() };
}

/** The project service, as callers ask it and as this service asks it in its own name. */
function connectProjects(
  { PROJECT_ADDRESS }: TaskConfig,
  { own, towards }: Trust,
  known: KnownAccess,
  begun: AsyncDisposableStack,
): Projects {
  const transport = connect(PROJECT_ADDRESS, towards("project"));
  begun.defer(() => transport.close());
  const ownTransport = own && connect(PROJECT_ADDRESS, own.options);
  begun.defer(() => ownTransport?.close());
  return projects({ transport, askAccess: own && ownTransport && askAccess(ownTransport, own), known });
}

/** The long work, by the RPC that starts it. */
function workOf(deps: Pick<Deps, "store" | "settings">): Parameters<typeof operationRunner>[1] {
  return {
    [TaskService.method.createTasks.name]: createTasksOperation(deps),
    [TaskService.method.batchUpdateTasks.name]: batchUpdateTasksOperation(deps),
    [TaskService.method.reconcileTasks.name]: reconcileTasksOperation(deps),
  };
}

/** What the handlers have to know of the configuration. */
function settingsOf(config: TaskConfig): Deps["settings"] {
  return {
    slotLimits: {
      [LockPurpose.MAPPING]: config.MAPPING_LOCKS_PER_PERSON,
      [LockPurpose.VALIDATION]: config.VALIDATION_LOCKS_PER_PERSON,
    },
    perMinute: { comments: config.COMMENTS_PER_MINUTE, reports: config.REPORTS_PER_MINUTE },
    longestLockSeconds: config.LONGEST_LOCK_SECONDS,
    tasksMax: config.TASKS_PER_PROJECT,
    streamMaxMs: config.STREAM_MAX_MILLISECONDS,
    keptTaskSetsBytes: config.KEPT_TASK_SETS_BYTES,
  };
}
