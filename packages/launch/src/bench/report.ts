import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Ports, System } from "../system.ts";
import type { BenchArguments } from "./bench-arguments.ts";
import { type Load, measure, type Times, type Work } from "./load.ts";
import type { Cpu, Processes } from "./processes.ts";

/** What a part is run on. */
export interface Bench {
  system: System;
  ports: Ports;
  /** For files of the bench's own. */
  folder: string;
  asked: BenchArguments;
  processes: Processes;
  /** Resolves when all events have their positions and those who follow them have taken them. */
  settled: () => Promise<void>;
  report: Report;
}

/** One kind of request under one load. */
export interface Row extends Times {
  part: string;
  /** The system that answers, and the way to it: "Tessera, gRPC". */
  door: string;
  callers: number;
  /** For one request of this load, in microseconds, by process. */
  cpuMicros: Cpu;
  note: string;
}

/** Compilers are warm and plans are made before anything is counted: on a slow machine that takes longer. */
const WARM_UP = { ms: 2_000, requests: 2_000, mostMs: 15_000 };
const COLUMNS = ["request", "door", "callers", "a second", "p50 ms", "p99 ms", "CPU µs a request", "note"];

/** Collects rows, says on stderr what happens, and writes what was found. */
export class Report {
  readonly #rows: Row[] = [];
  readonly #startedMs = Date.now();

  /** Says what is done now. */
  say(text: string): void {
    const seconds = Math.round((Date.now() - this.#startedMs) / 1_000);
    console.error(`${String(seconds).padStart(5)} s  ${text}`);
  }

  add(row: Row): void {
    this.#rows.push(row);
    const times = `${row.perSecond.toFixed(0)}/s, p50 ${row.p50Ms.toFixed(2)} ms, p99 ${row.p99Ms.toFixed(2)} ms`;
    const note = row.note === "" ? "" : ` (${row.note})`;
    this.say(
      `  ${row.name}, ${row.door}, ${row.callers} callers: ${row.perSecond === 0 ? "" : times}${note}`,
    );
  }

  /** Measures a load, and adds a row for each kind of request in it. */
  async measure(
    bench: Pick<Bench, "asked" | "processes" | "settled">,
    of: { part: string; door: string; callers: number; note?: string; processes?: Processes },
    work: Work,
    more: Partial<Load> = {},
  ): Promise<void> {
    const { callers, door, part, note = "", processes = bench.processes } = of;
    this.say(`${part}: ${door}, ${callers} callers, ${bench.asked.seconds} s`);
    const load = { callers, warmUp: WARM_UP, forMs: bench.asked.seconds * 1_000, processes };
    const { times, cpuMicros } = await measure(work, { ...load, settled: bench.settled, ...more });
    for (const it of times) this.add({ ...it, part, door, callers, cpuMicros, note });
  }

  /** The rows, as a table of Markdown. */
  table(): string {
    const lines = this.#rows.map((row) => [
      row.name,
      row.door,
      String(row.callers),
      row.perSecond === 0 ? "" : row.perSecond.toFixed(0),
      row.perSecond === 0 ? "" : row.p50Ms.toFixed(2),
      row.perSecond === 0 ? "" : row.p99Ms.toFixed(2),
      cpuText(row.cpuMicros),
      row.note,
    ]);
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    return [line(COLUMNS), line(COLUMNS.map(() => "---")), ...lines.map(line)].join("\n");
  }

  /** Writes the rows with what they were measured on. */
  write(file: string, postgres: string): void {
    const [cpu] = cpus();
    const about = {
      commit: commit(),
      date: new Date(this.#startedMs).toISOString(),
      machine: `${cpus().length} × ${cpu?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
      versions: { node: process.version, postgres },
    };
    writeFileSync(file, `${JSON.stringify({ ...about, rows: this.#rows }, null, 2)}\n`);
    this.say(`the rows are in ${file}`);
  }
}

/** Those of the services in their order, then the sum of them without the client. */
function cpuText(cpu: Cpu): string {
  const { client, ...servers } = cpu;
  const sum = Object.values(servers).reduce((total, it) => total + it, 0);
  const each = Object.entries(servers)
    .filter(([, micros]) => micros >= 1)
    .map(([name, micros]) => `${name} ${micros.toFixed(0)}`);
  return sum === 0 ? "" : `**${sum.toFixed(0)}** = ${each.join(" + ")}; client ${(client ?? 0).toFixed(0)}`;
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
