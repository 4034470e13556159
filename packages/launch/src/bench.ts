// `npm run bench`: side by side in one run, against one PostgreSQL. `npm run bench -- --seconds 10 --callers 1,16,64`.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connectPool } from "@tessera/postgres/pool.ts";
import { directWork } from "./bench/direct.ts";
import { grpcWork, restWork, wireWork } from "./bench/doors.ts";
import { signInAll, squareProject } from "./bench/ground.ts";
import { type Measured, measure, type Work } from "./bench/load.ts";
import { pgbench } from "./bench/pgbench.ts";
import { wire } from "./bench/wire.ts";
import { freePorts } from "./ports.ts";
import { type System, startSystem } from "./system.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "6" }, callers: { type: "string", default: "1,16,64" } },
});
const CALLERS = values.callers.split(",").map(Number);
const FOR_MS = Number(values.seconds) * 1_000;
const WARM_UP_MS = 2_000;
const WARM_UP_CALLERS = 32;
/** As many tasks as a project may have: 316 squares wide. */
const SIDE = 316;
const DIRECT_TASKS = 100_000;

const folder = mkdtempSync(join(tmpdir(), "tessera-bench-"));
const system = await startSystem(folder, await freePorts());
try {
  const projectId = await largeProject(system);
  await commands(system, projectId);
} finally {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
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

async function commands(system: System, projectId: number): Promise<void> {
  const tokens = await signInAll(system, Math.max(WARM_UP_CALLERS, ...CALLERS));
  let given = 0;
  const tasks = () => (given++ % (SIDE * SIDE)) + 1;
  const sql = connectPool(system.databaseUrl("task"), { applicationName: "bench" });
  const client = wire(system.addresses.task, Math.max(...CALLERS));
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
  for (const workers of CALLERS) {
    console.log(`\n${workers} callers`);
    let direct = 0;
    for (const [name, work, pids] of rows) {
      const measured = await measure(work, { workers, warmUpMs: WARM_UP_MS, forMs: FOR_MS, pids });
      direct ||= measured.perSecond;
      console.log(line(name, measured, direct));
    }
    const found = await pgbench(system.databaseUrl("task"), workers, Math.round(FOR_MS / 1000), folder);
    if (found !== undefined) console.log(line("direct, pgbench", found, direct));
  }
  client.close();
  grpc.close();
  minimal.close();
  full.close();
  await sql.end({ timeout: 5 });
}

function line(name: string, { perSecond, p50Ms, p99Ms, cpuMicros }: Measured, direct: number): string {
  const ratio = (perSecond / direct).toFixed(2);
  const cpu = cpuMicros === undefined ? "" : `  ${Math.round(cpuMicros)} µs`;
  const times = p99Ms === 0 ? "" : `${p50Ms.toFixed(1)}, ${p99Ms.toFixed(1)}`;
  return `  ${name.padEnd(22)} ${String(Math.round(perSecond)).padStart(6)}/s  × ${ratio}  (${times})${cpu}`;
}

/** The most memory that each process ever held, in megabytes; 0 where there is no /proc. */
function peakMegabytes(system: System) {
  const peak = (name: "task" | "gateway") => {
    try {
      const status = readFileSync(`/proc/${system.pid(name)}/status`, "utf8");
      return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
    } catch {
      return 0;
    }
  };
  return { task: peak("task"), gateway: peak("gateway") };
}
