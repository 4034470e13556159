import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ConfigFault } from "./config-fault.ts";
import { flag, readEnvironment } from "./environment.ts";
import { createLog, type Log } from "./log.ts";

/** What a process runs until it is stopped. */
export interface Running {
  /** Ends gracefully: takes no more work and finishes what runs. */
  stop(): Promise<void>;
}

/** Less than the 30 s after which Kubernetes kills. */
const STOP_LIMIT_MS = 25_000;
const EXIT_CODE = { ok: 0, failure: 1, configuration: 78 } as const;
type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];

const environment = z.object({
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  /** The parent of this process holds an IPC channel to it; the channel ends when the parent is gone. */
  STOP_WITH_PARENT: flag.default(false),
});

/**
 * Runs the process of service `name` until SIGTERM or SIGINT, which end it gracefully with code 0 within 25 s, and at
 * once when they come twice. It exits with 1 after an exception that nobody caught, or when it cannot start or stop,
 * and with 78 when it is not set up right. A rejected promise that nobody waits for is logged, and ends nothing: its
 * work has ended alone. The signal of `start` stops its waiting. Reads LOG_LEVEL and STOP_WITH_PARENT.
 */
export async function main(
  name: string,
  start: (log: Log, stopping: AbortSignal) => Promise<Running>,
): Promise<void> {
  const stopping = new AbortController();
  let log = createLog({ name, level: "info" });
  try {
    const { LOG_LEVEL, STOP_WITH_PARENT } = readEnvironment(environment);
    log = createLog({ name, level: LOG_LEVEL });
    const starting = start(log, stopping.signal);
    stopOn(starting, stopping, STOP_WITH_PARENT, log);
    await starting;
    log.info("ready");
  } catch (error) {
    // The process was stopped before it had started, and is stopping.
    if (stopping.signal.aborted) return;
    if (error instanceof ConfigFault) {
      log.fatal(`${name} cannot start with this configuration: ${error.faults.join("; ")}`);
      process.exit(EXIT_CODE.configuration);
    }
    log.fatal({ err: error }, `${name} could not start`);
    process.exit(EXIT_CODE.failure);
  }
}

function stopOn(
  starting: Promise<Running>,
  stopping: AbortController,
  stopWithParent: boolean,
  log: Log,
): void {
  const { signal } = stopping;
  const stop = (reason: string, code: ExitCode) => {
    if (signal.aborted) process.exit(EXIT_CODE.failure);
    stopping.abort(new Error(`stopping: ${reason}`));
    log.info({ reason }, "stopping");
    void finish(starting, code, log);
  };
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => stop(name, EXIT_CODE.ok));
  process.on("unhandledRejection", (error: unknown) => log.error({ err: error }, "unhandledRejection"));
  process.on("uncaughtException", (error: unknown) => {
    log.fatal({ err: error }, "uncaughtException");
    // One failure often brings others: they must not cut off the stop that the first began.
    if (!signal.aborted) stop("uncaughtException", EXIT_CODE.failure);
    else process.exitCode = EXIT_CODE.failure;
  });
  if (!stopWithParent) return;
  const leave = () => signal.aborted || stop("the parent is gone", EXIT_CODE.ok);
  process.on("disconnect", leave);
  if (!process.connected) leave();
}

async function finish(starting: Promise<Running>, code: ExitCode, log: Log): Promise<never> {
  try {
    // A start that failed or was aborted has undone its steps.
    const stopped = starting
      .then(
        (running) => running.stop(),
        () => {},
      )
      .then(() => "stopped");
    const outcome = await Promise.race([stopped, sleep(STOP_LIMIT_MS, "late")]);
    if (outcome === "late") throw new Error(`not stopped within ${STOP_LIMIT_MS} ms`);
    log.info("stopped");
    return process.exit(process.exitCode ?? code);
  } catch (error) {
    log.error({ err: error }, "could not stop");
    return process.exit(EXIT_CODE.failure);
  }
}
