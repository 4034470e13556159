import { randomUUID } from "node:crypto";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import { databaseFailure } from "@tessera/postgres/database-failure.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import type { Store } from "../store.ts";
import type { OperationRow } from "./operation-row.ts";
import { Cancelled } from "./part-store.ts";
import { LeaseLost } from "./store.ts";

/** The most concurrent operations of this process. */
const AT_ONCE_MAX = 2;
/** A look for operations without a sign that there are any. */
const POLL_MS = 30_000;
/** A lease is prolonged this often. */
const BEAT_MS = 4_000;
/**
 * An operation that fails for no reason of the contract is begun again, some seconds later, until it failed this often. One
 * that is interrupted, by the database, by the end of a process or by a full queue for geometry, as often as it may be in a
 * long life. A pause counts as neither.
 */
const SETBACKS_MAX = { failures: 5, interruptions: 100 };
const RETRY_SECONDS = 5;

/** Does one kind of work; what it was about is in the row. It may throw a Refusal, Cancelled and LeaseLost. */
export type Perform = (leased: LeasedOperation) => Promise<void>;

/** An operation that this process runs, by its lease. */
export interface LeasedOperation {
  operation: OperationRow;
  lease: string;
  /** Aborts when the process is to end: the work stops where it is. */
  signal: AbortSignal;
}

/** Runs the operations of this process. `poke` says that there is work. */
export type Runner = Repeating;

/**
 * Works at operations that were accepted, here or in another process, as long as the lease of each is its own. If a
 * process stops or crashes, another process continues its operations from the last commit.
 */
export function operationRunner(store: Store, work: Record<string, Perform>, log: Log): Runner {
  const running = new Set<Promise<void>>();

  const look = async (signal: AbortSignal): Promise<void> => {
    while (running.size < AT_ONCE_MAX && !signal.aborted) {
      const lease = randomUUID();
      const operation = await store.takeOperation(lease);
      if (operation === undefined) return;
      const done: Promise<void> = run({ store, work, log }, { operation, lease, signal }).finally(() => {
        running.delete(done);
        looking.poke();
      });
      running.add(done);
    }
  };
  const looking = repeat({
    everyMs: POLL_MS,
    work: look,
    failed: (error) => log.warn({ err: error }, "could not look for operations; retrying"),
    later: true,
  });
  // What another process left is found by its sign.
  store.signs.on(({ operations }) => operations && looking.poke());
  return {
    poke: looking.poke,
    stop: async () => {
      await looking.stop();
      await Promise.all(running);
    },
  };
}

interface Workshop {
  store: Store;
  work: Record<string, Perform>;
  log: Log;
}

/** Works at an operation, and writes down how that ended. */
async function run({ store, work, log }: Workshop, leased: LeasedOperation): Promise<void> {
  const { operation, lease } = leased;
  const beat = repeat({
    everyMs: BEAT_MS,
    work: () => store.holdOperation(operation, lease),
    failed: (error) => log.warn({ err: error }, "could not prolong the lease of an operation; retrying"),
    later: true,
  });
  try {
    const perform = work[operation.kind];
    // Work that ends its process every time is not begun for ever.
    if (operation.interruptions >= SETBACKS_MAX.interruptions) return await giveUp(store, leased);
    if (perform === undefined) throw new Error(`no code performs operations of the kind ${operation.kind}`);
    await perform(leased);
  } catch (error) {
    await settle({ store, log }, leased, error).catch((again: unknown) =>
      log.warn({ err: again }, "could not store how an operation ended"),
    );
  } finally {
    await beat.stop();
  }
}

/** Writes down why the work ended before it was done. */
async function settle(
  { store, log }: Pick<Workshop, "store" | "log">,
  { operation, lease, signal }: LeasedOperation,
  error: unknown,
): Promise<void> {
  if (error instanceof LeaseLost) return;
  if (error instanceof Cancelled) {
    return store.advance(operation, lease, { state: OperationState.CANCELLED });
  }
  if (error instanceof Refusal) {
    return store.advance(operation, lease, { state: OperationState.FAILED, error: errorOf(error) });
  }
  if (signal.aborted) return store.leaveOperation(operation, lease, 0);
  // Work that waited for a thread until its time was over is interrupted: nothing of it was tried.
  const failure = databaseFailure(error) !== undefined || (error instanceof GeometryTimeout && !error.begun);
  const what = { err: error, operation: `${operation.project_id}/${operation.operation_id}` };
  if (failure) log.warn(what, "an operation was interrupted");
  else log.error(what, "an operation failed with an internal error");
  const setback = failure ? "interruptions" : "failures";
  if (operation[setback] + 1 < SETBACKS_MAX[setback])
    return store.leaveOperation(operation, lease, RETRY_SECONDS, setback);
  return giveUp(store, { operation, lease });
}

function giveUp(
  store: Store,
  { operation, lease }: Pick<LeasedOperation, "operation" | "lease">,
): Promise<void> {
  return store.advance(operation, lease, {
    state: OperationState.FAILED,
    error: { message: "internal error" },
  });
}

function errorOf({ reason, message, metadata }: Refusal) {
  return { reason: reason.name, domain: reason.domain, message, metadata: { ...metadata } };
}
