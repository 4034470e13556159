import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import { describeError, withoutSecrets } from "./describe-error.ts";

/** Writes JSON lines; the methods are pino's. */
export type Log = Logger;

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export interface LogOptions {
  /** The service; in every line. */
  name: string;
  level: LogLevel;
  /** Standard output unless given. */
  destination?: DestinationStream;
}

/** Fields that are written as "[redacted]", at the top or up to two objects deep. */
const SECRET_FIELDS = new Set([
  "authorization",
  "cookie",
  "set-cookie",
  "token",
  "accessToken",
  "access_token",
  "refreshToken",
  "refresh_token",
  "password",
  "secret",
]);
const DEEPEST = 2;

const MAX_BUFFERED_BYTES = 8 * 1_048_576;
/** Lines are written together, when they are this many bytes or the first of them has waited for this long. */
const WRITTEN_TOGETHER_BYTES = 8 * 1_024;
const WAIT_MS = 50;

/** A log to which secrets cannot be written by their usual names, nor inside errors under `err` or `error`. */
export function createLog({ name, level, destination }: LogOptions): Log {
  const options = {
    level,
    base: { name },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: (line: object) => redacted(line, 0) },
    serializers: { err: describeError, error: describeError, msg: withoutSecrets },
  };
  return pino(options, destination ?? standardOutput());
}

/**
 * Not awaited by the process: a reader that stalls costs lines, and neither calls nor memory. What waits is written when
 * the process exits, and after a line that is fatal.
 */
function standardOutput(): DestinationStream & { flushSync(): void } {
  const output = pino.destination({
    dest: 1,
    sync: false,
    minLength: WRITTEN_TOGETHER_BYTES,
    maxLength: MAX_BUFFERED_BYTES,
  });
  let waits = false;
  const flush = () => {
    waits = false;
    output.flush();
  };
  return {
    write: (line) => {
      output.write(line);
      if (waits) return;
      waits = true;
      setTimeout(flush, WAIT_MS).unref();
    },
    flushSync: () => output.flushSync(),
  };
}

/**
 * The same object where it holds no secret, as nearly every line does; else a copy. pino's own redaction, which compiles
 * paths, took a sixth of a request's time for the same.
 */
function redacted(fields: object, depth: number): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    const value = (fields as Record<string, unknown>)[name];
    const clean = SECRET_FIELDS.has(name)
      ? "[redacted]"
      : depth < DEEPEST && isPlain(value)
        ? redacted(value, depth + 1)
        : value;
    if (clean === value) continue;
    copy ??= { ...fields };
    copy[name] = clean;
  }
  return copy ?? (fields as Record<string, unknown>);
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Error);
}
