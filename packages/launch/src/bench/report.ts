import { readFileSync } from "node:fs";
import type { Ports, System } from "../system.ts";
import type { Measured } from "./load.ts";

/** What a bench is run on, and how long. */
export interface Setting {
  system: System;
  ports: Ports;
  /** For files of the bench's own. */
  folder: string;
  /** How many callers there are at once, in turn. */
  callers: readonly number[];
  /** How long each row is measured, in milliseconds. */
  forMs: number;
}

/** Compilers are warm and plans are made before anything is counted, for all rows alike. */
export const WARM_UP_MS = 2_000;

/** One row: how many a second, as a share of another row, with its times and the CPU that it took. */
export function line(name: string, { perSecond, p50Ms, p99Ms, cpuMicros }: Measured, direct: number): string {
  const ratio = (perSecond / direct).toFixed(2);
  const cpu = cpuMicros === undefined ? "" : `  ${Math.round(cpuMicros)} µs`;
  const times = p99Ms === 0 ? "" : `${p50Ms.toFixed(1)}, ${p99Ms.toFixed(1)}`;
  return `  ${name.padEnd(22)} ${String(Math.round(perSecond)).padStart(6)}/s  × ${ratio}  (${times})${cpu}`;
}

/** The most memory that each process ever held, in megabytes; 0 where there is no /proc. */
export function peakMegabytes(system: System) {
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
