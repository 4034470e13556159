import { createContextValues } from "@connectrpc/connect";
import { ANONYMOUS, callerKey } from "@tessera/rpc/caller.ts";
import { deadlineKey } from "@tessera/rpc/deadline.ts";
import { expect, test } from "vitest";
import type { Deps } from "../deps.ts";
import { sharedSight } from "./sight.ts";

test("what streams of one person share is not asked in the hurry of the first, and not lost when it ends", async () => {
  const asked: { deadline: number; isOver: boolean }[] = [];
  const ended = AbortSignal.abort();
  const viewers = {
    of: async ({
      values,
      signal,
    }: {
      values: ReturnType<typeof createContextValues>;
      signal: AbortSignal;
    }) => {
      asked.push({ deadline: values.get(deadlineKey), isOver: signal.aborted });
      expect(values.get(callerKey).userId).toBe(7n);
      return undefined;
    },
  };
  const seen = { visible: true, managed: false };
  const deps = { viewers, store: { events: { seenBy: async () => seen } } } as unknown as Deps;
  const values = createContextValues()
    .set(callerKey, { ...ANONYMOUS, userId: 7n })
    .set(deadlineKey, Date.now() + 1);
  const context = { values, signal: ended, requestHeader: new Headers() };
  expect(await sharedSight(deps)(1, context)).toEqual(seen);
  expect(asked).toEqual([{ deadline: Number.POSITIVE_INFINITY, isOver: false }]);
});
