import { readdirSync, readFileSync } from "node:fs";
import type { Sql } from "@tessera/postgres/pool.ts";

/** CPU seconds by the name of a process. */
export type Cpu = Readonly<Record<string, number>>;

/** Processes by name, each with all that it started. */
export type Processes = Readonly<Record<string, number>>;

/** Clock ticks a second in /proc, on every Linux that matters. */
const TICKS = 100;

/** CPU time of processes and of all that they started, children that ended included; nothing where there is no /proc. */
export function cpuOf(processes: Processes): Cpu {
  const all = readAll();
  const children = Map.groupBy(all.values(), ({ parent }) => parent);
  const sum = (pid: number): number =>
    (all.get(pid)?.seconds ?? 0) + (children.get(pid) ?? []).reduce((total, it) => total + sum(it.pid), 0);
  return Object.fromEntries(
    Object.entries(processes)
      .filter(([, pid]) => all.has(pid))
      .map(([name, pid]) => [name, sum(pid)]),
  );
}

/** What was used between two looks. */
export function usedBetween(before: Cpu, after: Cpu): Cpu {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]),
  );
}

/** The first process of the PostgreSQL behind a connection; undefined where it runs elsewhere. */
export async function postgresPid(sql: Sql): Promise<number | undefined> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const backend = row && readOne(row.pid);
  return backend?.command.startsWith("postgres") ? backend.parent : undefined;
}

interface Process {
  pid: number;
  parent: number;
  command: string;
  seconds: number;
}

function readAll(): Map<number, Process> {
  const pids = namesIn("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.flatMap((pid) => {
      const process = readOne(Number(pid));
      return process ? [[process.pid, process] as const] : [];
    }),
  );
}

function readOne(pid: number): Process | undefined {
  try {
    const [, command = "", rest = ""] =
      /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    const fields = rest.split(" ").map(Number);
    // User and system time of its own and of children that ended.
    const ticks = fields.slice(11, 15).reduce((sum, it) => sum + it, 0);
    return { pid, parent: fields[1] ?? 0, command, seconds: ticks / TICKS };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
