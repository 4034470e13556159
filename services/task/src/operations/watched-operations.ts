import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import type { OperationRow } from "./operation-row.ts";

/** How often the operations that somebody waits for are read. */
export const LOOK_MS = 200;
/** Maximum number of operations in one query. */
const READ_MAX = 500;

/** Which operation. */
export interface OperationKey {
  projectId: number;
  operationId: number;
}

/** The result for a caller that waits for an operation. */
export interface Watched {
  /** Returns the operation as the next look finds it, undefined if there is none. Throws when `signal` aborts. */
  next(key: OperationKey, signal: AbortSignal): Promise<OperationRow | undefined>;
}

interface Waiter {
  key: OperationKey;
  resolve: (row: OperationRow | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Reads the operations that are waited for, all in one query for all who wait in this process, and stops when nobody waits.
 * `begin` begins the looks.
 */
export function watchedOperations(
  read: (keys: readonly OperationKey[]) => Promise<OperationRow[]>,
  begin: typeof repeat = repeat,
): Watched {
  const waiters = new Set<Waiter>();
  let asking: Waiter[] = [];
  let looking: Repeating | undefined;

  const look = async (): Promise<void> => {
    asking = [...waiters];
    waiters.clear();
    if (asking.length === 0) {
      void looking?.stop();
      looking = undefined;
    }
    const keys = [...new Map(asking.map(({ key }) => [nameOf(key), key])).values()];
    for (let from = 0; from < keys.length; from += READ_MAX) {
      const some = keys.slice(from, from + READ_MAX);
      const names = new Set(some.map(nameOf));
      const rows = new Map((await read(some)).map((row) => [nameOf(keyOf(row)), row]));
      for (const { key, resolve } of asking) if (names.has(nameOf(key))) resolve(rows.get(nameOf(key)));
    }
  };
  const failed = (error: unknown) => {
    for (const { reject } of asking) reject(error);
  };

  return {
    next: (key, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const waiter: Waiter = {
          key,
          resolve: (row) => settle(() => resolve(row)),
          reject: (error) => settle(() => reject(error)),
        };
        const abort = () => waiter.reject(signal.reason);
        const settle = (act: () => void) => {
          waiters.delete(waiter);
          signal.removeEventListener("abort", abort);
          act();
        };
        signal.addEventListener("abort", abort, { once: true });
        waiters.add(waiter);
        looking ??= begin({ everyMs: LOOK_MS, work: look, failed, later: true });
      }),
  };
}

function keyOf({ project_id, operation_id }: OperationRow): OperationKey {
  return { projectId: project_id, operationId: operation_id };
}

function nameOf({ projectId, operationId }: OperationKey): string {
  return `${projectId}/${operationId}`;
}
