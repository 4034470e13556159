import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@connectrpc/connect";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";

/** People who follow a project. */
export interface Watchers {
  /** How many events they were told of, all together, when nothing more comes. */
  toldInAll(): Promise<number>;
  close(): Promise<void>;
}

/** Nobody was told of anything for this long: that was all. */
const QUIET_MS = 1_000;
const ALL_TOLD_MAX_MS = 60_000;

/** Lets `count` people follow a project, and answers when all of them do. */
export async function watchers(
  address: string,
  projectId: number,
  token: string,
  count: number,
): Promise<Watchers> {
  const leave = new AbortController();
  const connection = connect(address);
  const client = createClient(TaskService, connection);
  const headers = { authorization: `Bearer ${token}` };
  let told = 0;
  const streams: Promise<void>[] = [];
  const begun = Array.from({ length: count }, () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const follow = async (): Promise<void> => {
      const options = { headers, signal: leave.signal };
      for await (const { event } of client.watchTaskEvents({ projectId }, options)) {
        if (event === undefined) resolve();
        else told += 1;
      }
    };
    streams.push(follow().catch((error: unknown) => (leave.signal.aborted ? undefined : reject(error))));
    return promise;
  });
  await Promise.all(begun);
  return {
    toldInAll: async () => {
      const limit = Date.now() + ALL_TOLD_MAX_MS;
      for (let before = -1; told > before && Date.now() < limit; ) {
        before = told;
        await sleep(QUIET_MS);
      }
      return told;
    },
    close: async () => {
      leave.abort();
      await Promise.all(streams);
      connection.close();
    },
  };
}
