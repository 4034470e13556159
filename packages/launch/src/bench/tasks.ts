import { ContributionService } from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { restClient } from "../rest-client.ts";
import type { System } from "../system.ts";
import { directClaimWork, directWork } from "./direct.ts";
import { claimWork, grpcWork, restWork, wireWork } from "./doors.ts";
import { signIn, signInAll, squareProject } from "./ground.ts";
import { measure, type Work } from "./load.ts";
import { manyWork, oneByOneWork } from "./many.ts";
import { runOperation } from "./operation.ts";
import { pgbench } from "./pgbench.ts";
import { benchPool } from "./pool.ts";
import { line, peakMegabytes, type Setting, WARM_UP_MS } from "./report.ts";
import { watchers } from "./watchers.ts";
import { wire } from "./wire.ts";

const WARM_UP_CALLERS = 32;
/** As many tasks as a project may have: 316 squares wide. */
const SIDE = 316;
const DIRECT_TASKS = 100_000;
/** What a validator takes on at once. */
const MANY = 50;
const WATCHERS_MAX = 1_000;
/** People, who share the watching: each may have some streams at once. */
const WATCHING = 40;

/** Measures tasks; returns the large project that it made. */
export async function benchTasks(setting: Setting): Promise<number> {
  const projectId = await largeProject(setting.system);
  await commands(setting, projectId);
  await claims(setting, projectId);
  await many(setting, projectId);
  await reads(setting, projectId);
  await following(setting, projectId);
  return projectId;
}

/** A project of 100,000 tasks: how long it takes to make, and to read as GeoJSON. */
async function largeProject(system: System): Promise<number> {
  const { projectId, cuttingMs } = await squareProject(system, SIDE);
  console.log(`\n${SIDE * SIDE} tasks created in ${(cuttingMs / 1000).toFixed(1)} s`);
  const before = peakMegabytes(system);
  const started = performance.now();
  const response = await fetch(`${system.url}/v1/projects/${projectId}/tasks?f=geojson`);
  let bytes = 0;
  for await (const part of response.body ?? []) bytes += part.length;
  const seconds = (performance.now() - started) / 1000;
  const after = peakMegabytes(system);
  console.log(`listed as GeoJSON in ${seconds.toFixed(1)} s: ${(bytes / 1e6).toFixed(0)} MB`);
  for (const name of ["task", "gateway"] as const) {
    console.log(`  peak memory of ${name}: ${before[name]} MB before, ${after[name]} MB after`);
  }
  return projectId;
}

async function commands({ system, callers, forMs, folder }: Setting, projectId: number): Promise<void> {
  const tokens = await signInAll(system, Math.max(WARM_UP_CALLERS, ...callers));
  let given = 0;
  const tasks = () => (given++ % (SIDE * SIDE)) + 1;
  const sql = benchPool(system.databaseUrl("task"));
  const client = wire(system.addresses.task, Math.max(...callers));
  const grpc = grpcWork(system.addresses.task, projectId, tokens, tasks);
  const minimal = restWork(system.url, projectId, tokens, tasks, true);
  const full = restWork(system.url, projectId, tokens, tasks, false);
  const rows: [name: string, work: Work, pids: number[]][] = [
    ["direct, postgres.js", await directWork(sql, DIRECT_TASKS), []],
    ["gRPC", wireWork(client, projectId, tokens, tasks), [system.pid("task")]],
    ["gRPC, our own client", grpc.work, [system.pid("task")]],
    ["REST, minimal", minimal.work, [system.pid("task"), system.pid("gateway")]],
    ["REST, representation", full.work, [system.pid("task"), system.pid("gateway")]],
  ];
  console.log(
    "\nlock + submit, commands a second (p50, p99 in ms; CPU of the service, and the gateway, in µs per command)",
  );
  // Compilers are warm and plans are made before anything is counted, for all rows alike.
  for (const [, work] of rows)
    await measure(work, { workers: WARM_UP_CALLERS, warmUpMs: WARM_UP_MS, forMs: WARM_UP_MS });
  for (const workers of callers) {
    console.log(`\n${workers} callers`);
    let direct = 0;
    for (const [name, work, pids] of rows) {
      const measured = await measure(work, { workers, warmUpMs: WARM_UP_MS, forMs: forMs, pids });
      direct ||= measured.perSecond;
      console.log(line(name, measured, direct));
    }
    const found = await pgbench(system.databaseUrl("task"), workers, Math.round(forMs / 1000), folder);
    if (found !== undefined) console.log(line("direct, pgbench", found, direct));
  }
  client.close();
  grpc.close();
  minimal.close();
  full.close();
  await sql.end({ timeout: 5 });
}

/** The server's choice of the next task, at the most callers. */
async function claims({ system, callers, forMs }: Setting, projectId: number): Promise<void> {
  const workers = Math.max(...callers);
  const tokens = await signInAll(system, workers);
  const administrator = await signIn(system, "administrator");
  await changeAll(system, administrator, projectId, "TASK_ACTION_RESET");
  const sql = benchPool(system.databaseUrl("task"));
  const client = wire(system.addresses.task, workers);
  console.log(`\nclaim + submit, ${workers} callers`);
  const options = { workers, warmUpMs: WARM_UP_MS, forMs: forMs };
  const direct = await measure(await directClaimWork(sql, DIRECT_TASKS), options);
  console.log(line("direct, postgres.js", direct, direct.perSecond));
  const claimed = await measure(claimWork(client, projectId, tokens), {
    ...options,
    pids: [system.pid("task")],
  });
  console.log(line("gRPC", claimed, direct.perSecond));
  client.close();
  await sql.end({ timeout: 5 });
}

/** Fifty tasks by one command, against one by one. */
async function many({ system, forMs }: Setting, projectId: number): Promise<void> {
  const administrator = await signIn(system, "administrator");
  await changeAll(system, administrator, projectId, "TASK_ACTION_MAP");
  const validator = await signIn(system, "validator");
  const client = wire(system.addresses.task, 1);
  const options = { workers: 1, warmUpMs: WARM_UP_MS, forMs: forMs, pids: [system.pid("task")] };
  const one = await measure(oneByOneWork(client, projectId, validator, MANY, 1), options);
  const all = await measure(manyWork(client, projectId, validator, MANY, 1), options);
  console.log(`\n${MANY} tasks locked, or handed in, at once (p50, p99 in ms for all ${MANY})`);
  console.log(line("one by one", one, one.perSecond));
  console.log(line("one command", all, one.perSecond));
  client.close();
}

/** What many people read while they work. */
async function reads({ system, forMs }: Setting, projectId: number): Promise<void> {
  const client = wire(system.addresses.task, 16);
  const token = await signIn(system, "mapper-1");
  const { getProgress, listTasks, searchTasks } = TaskService.method;
  const { listContributors } = ContributionService.method;
  const anywhere = () => ({ longitude: Math.random() * 0.43, latitude: Math.random() * 0.43 });
  const filter = { states: [TaskState.MAPPED] };
  const rows: [name: string, work: Work][] = [
    ["progress", () => client.call(getProgress, token, { projectId }).then(() => 1)],
    ["100 tasks of a state", () => client.call(listTasks, token, { projectId, filter }).then(() => 1)],
    ["tasks at a point", () => client.call(searchTasks, token, anywhere()).then(() => 1)],
    ["contributors", () => client.call(listContributors, token, { projectId }).then(() => 1)],
  ];
  console.log(`\nreads of a project of ${SIDE * SIDE} tasks, a second (p50, p99 in ms)`);
  for (const workers of [1, 16]) {
    for (const [name, work] of rows) {
      const measured = await measure(work, {
        workers,
        warmUpMs: 500,
        forMs: forMs / 2,
        pids: [system.pid("task")],
      });
      console.log(line(`${name}, ${workers} callers`, measured, measured.perSecond));
    }
  }
  client.close();
}

/** What it costs the database, and those who work, that people watch. */
async function following({ system, forMs }: Setting, projectId: number): Promise<void> {
  const workers = 16;
  const tokens = await signInAll(system, workers);
  const administrator = await signIn(system, "administrator");
  const sql = benchPool(system.databaseUrl("task"), 1);
  const watching = await signInAll(system, WATCHING);
  console.log(`\nclaim + submit by ${workers} callers while others watch (every event goes to each)`);
  let alone = 0;
  for (const count of [0, 1, 100, WATCHERS_MAX]) {
    await changeAll(system, administrator, projectId, "TASK_ACTION_RESET");
    const client = wire(system.addresses.task, workers);
    const following = await watchers(system.addresses.task, projectId, watching, count);
    const readBefore = await rowsRead(sql);
    const options = { workers, warmUpMs: 500, forMs: forMs / 2, pids: [system.pid("task")] };
    const measured = await measure(claimWork(client, projectId, tokens), options);
    alone ||= measured.perSecond;
    const commands = Math.round((measured.perSecond * forMs) / 2_000);
    const read = (await rowsRead(sql)) - readBefore;
    console.log(
      `${line(`${count} watchers`, measured, alone)}  ${Math.round(read / commands)} rows read per command`,
    );
    console.log(`    ${following.admitted} let in, received ${await following.receivedInAll()} times`);
    await following.close();
    client.close();
  }
  await sql.end({ timeout: 5 });
}

/** Rows that the database has fetched in all, by indexes or without. */
async function rowsRead(sql: ReturnType<typeof benchPool>): Promise<number> {
  await sql`select pg_stat_clear_snapshot()`;
  const [row] = await sql<{ read: bigint }[]>`
    select (tup_returned + tup_fetched)::bigint as read from pg_stat_database where datname = current_database()`;
  return Number(row?.read ?? 0n);
}

/** Does something to all tasks of a project, and waits until it is done. */
async function changeAll(system: System, token: string, projectId: number, action: string): Promise<void> {
  await runOperation(restClient(system.url, token), `projects/${projectId}/task-changes`, {
    action,
    include_locked: true,
  });
}
