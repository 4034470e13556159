import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { expect, test } from "vitest";
import { testService } from "../testing/service.ts";
import type { OperationRow } from "./operation-row.ts";
import { type OperationKey, watchedOperations } from "./watched-operations.ts";

const never = new AbortController().signal;

/** A watcher that looks when `look` is called, and what it asked for each time. */
function stepped(answer: (keys: readonly OperationKey[]) => OperationRow[]) {
  const asked: number[] = [];
  let look = async () => {};
  const watched = watchedOperations(
    async (keys) => {
      asked.push(keys.length);
      return answer(keys);
    },
    ({ work, failed }) => {
      look = async () => {
        try {
          await work(never);
        } catch (error) {
          failed?.(error);
        }
      };
      return { poke: () => {}, stop: async () => {} };
    },
  );
  return { asked, watched, look: () => look() };
}

const rowsOf = (keys: readonly OperationKey[]) =>
  keys.map(
    ({ projectId, operationId }) => ({ project_id: projectId, operation_id: operationId }) as OperationRow,
  );

test("1,000 who wait for two operations cost one query a look, and none when nobody waits", async () => {
  const { asked, watched, look } = stepped(rowsOf);
  for (let looks = 1; looks <= 3; looks++) {
    const waiting = Array.from({ length: 1_000 }, (_, at) =>
      watched.next({ projectId: 1, operationId: 1 + (at % 2) }, never),
    );
    look();
    const rows = await Promise.all(waiting);
    expect(rows.map((row) => row?.operation_id).slice(0, 4)).toEqual([1, 2, 1, 2]);
    expect(asked).toEqual(Array(looks).fill(2));
  }
  look();
  expect(asked).toHaveLength(3);
});

test("a query has a bound, whatever the number of operations", async () => {
  const { asked, watched, look } = stepped(rowsOf);
  const waiting = Array.from({ length: 1_200 }, (_, at) =>
    watched.next({ projectId: at, operationId: 1 }, never),
  );
  look();
  await Promise.all(waiting);
  expect(asked).toEqual([500, 500, 200]);
});

test("an unknown operation has no owner, and a failed read is reported to all waiting callers", async () => {
  const none = stepped(() => []);
  const missing = none.watched.next({ projectId: 1, operationId: 9 }, never);
  none.look();
  expect(await missing).toBeUndefined();
  const broken = stepped(() => {
    throw new Error("gone");
  });
  const waiting = [1, 2].map((operationId) => broken.watched.next({ projectId: 1, operationId }, never));
  broken.look();
  for (const one of await Promise.allSettled(waiting)) expect(one.status).toBe("rejected");
});

test("a watcher that leaves is dropped, and the others are notified", async () => {
  const { asked, watched, look } = stepped(rowsOf);
  const leaving = new AbortController();
  const gone = watched.next({ projectId: 1, operationId: 1 }, leaving.signal);
  const stays = watched.next({ projectId: 1, operationId: 2 }, never);
  leaving.abort(new Error("left"));
  await expect(gone).rejects.toThrow("left");
  look();
  expect((await stays)?.operation_id).toBe(2);
  expect(asked).toEqual([1]);
});

test("the store reads several operations at once, and leaves out those that are not there", async () => {
  const service = await testService();
  try {
    service.allow(9, { role: ProjectRole.MANAGER });
    await service.as(9).createTasks({ zoom: 4 });
    const keys = [1, 2].map((operationId) => ({ projectId: 1, operationId }));
    const rows = await service.store.getOperations(keys);
    expect(rows.map(({ operation_id }) => operation_id)).toEqual([1]);
  } finally {
    await service.end();
  }
});
