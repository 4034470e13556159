import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError, createClient } from "@connectrpc/connect";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";

/** People who follow a project. */
export interface Watchers {
  /** How many were let in: a service that is busy takes some hundreds, and refuses the others. */
  admitted: number;
  /** The number of events that all of them received, when nothing more comes. */
  receivedInAll(): Promise<number>;
  close(): Promise<void>;
}

/** How long without an event until the stream counts as complete. */
const QUIET_MS = 1_000;
const ALL_RECEIVED_MAX_MS = 60_000;
/** This many begin at the same time. */
const TOGETHER = 50;

/** Lets `count` watchers, who share `tokens`, follow a project; resolves when each does or was refused. */
export async function watchers(
  address: string,
  projectId: number,
  tokens: readonly string[],
  count: number,
): Promise<Watchers> {
  const leave = new AbortController();
  const connection = connect(address);
  const client = createClient(TaskEventService, connection);
  let received = 0;
  const streams: Promise<void>[] = [];
  const begin = (index: number): Promise<boolean> => {
    const headers = { authorization: `Bearer ${tokens[index % tokens.length]}` };
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const follow = async (): Promise<void> => {
      const options = { headers, signal: leave.signal };
      for await (const { event } of client.watchTaskEvents({ projectId }, options)) {
        if (event === undefined) resolve(true);
        else received += 1;
      }
    };
    const left = (error: unknown) => {
      if (isDeclined(error)) resolve(false);
      else if (!leave.signal.aborted) reject(error);
    };
    streams.push(follow().catch(left));
    return promise;
  };
  let admitted = 0;
  for (let first = 0; first < count; first += TOGETHER) {
    const some = Array.from({ length: Math.min(TOGETHER, count - first) }, (_, index) =>
      begin(first + index),
    );
    admitted += (await Promise.all(some)).filter(Boolean).length;
  }
  return {
    admitted,
    receivedInAll: async () => {
      const limit = Date.now() + ALL_RECEIVED_MAX_MS;
      for (let before = -1; received > before && Date.now() < limit; ) {
        before = received;
        await sleep(QUIET_MS);
      }
      return received;
    },
    close: async () => {
      leave.abort();
      await Promise.all(streams);
      connection.close();
    },
  };
}

function isDeclined(error: unknown): boolean {
  const reason = error instanceof ConnectError ? refusalIn(error)?.reason.name : undefined;
  return reason === "OVERLOADED" || reason === "RATE_LIMITED";
}
