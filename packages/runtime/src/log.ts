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
const SECRET_FIELDS = [
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
];

const MAX_BUFFERED_BYTES = 8 * 1_048_576;

/** A log to which secrets cannot be written by their usual names, nor inside errors under `err` or `error`. */
export function createLog({ name, level, destination }: LogOptions): Log {
  const options = {
    level,
    base: { name },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap(pathsOf), censor: "[redacted]" },
    serializers: { err: describeError, error: describeError, msg: withoutSecrets },
  };
  return pino(options, destination ?? standardOutput());
}

/** Not awaited by the process: a reader that stalls costs lines, and neither calls nor memory. */
function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, maxLength: MAX_BUFFERED_BYTES });
}

function pathsOf(field: string): string[] {
  return [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`];
}
