import { Code, ConnectError } from "@connectrpc/connect";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeptAnswers } from "./kept-answers.ts";

const LIMITS = { freshMs: 5_000, renewMs: 2_500, staleMs: 600_000, waitMs: 50, max: 100 };
const unavailable = () => new ConnectError("gone", Code.Unavailable);

/** Answers to be kept, a clock that stands still, and a service that is asked. */
function ground(limits: Partial<typeof LIMITS> = {}) {
  const at = { ms: 1_000_000 };
  const asked: string[] = [];
  const service: { answer: (key: string) => Promise<number> } = { answer: async () => 1 };
  const kept = new KeptAnswers<number>({
    ...LIMITS,
    ...limits,
    now: () => at.ms,
    tagsOf: (key) => [key, key.charAt(0)],
  });
  const get = (key: string, asking = {}) =>
    kept.get(
      key,
      () => {
        asked.push(key);
        return service.answer(key);
      },
      asking,
    );
  return { at, asked, service, kept, get };
}

describe("whatever the order in which answers and news come", () => {
  test("a caller after news of a change gets no answer from before it, and none is kept", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 4 }), async (s, changes) => {
        const { service, kept, get } = ground();
        let version = 0;
        let learned = 0;
        service.answer = async () => {
          await s.schedule(Promise.resolve(), "the question travels");
          const read = version;
          await s.schedule(Promise.resolve(), "the answer travels");
          return read;
        };
        const asking = (name: string) =>
          s.schedule(Promise.resolve(), name).then(async () => {
            const known = learned;
            expect(await get("a1")).toBeGreaterThanOrEqual(known);
          });
        const all: Promise<unknown>[] = [];
        for (let change = 1; change <= changes; change++) {
          all.push(asking("somebody asks"), asking("somebody else asks"));
          all.push(
            s.schedule(Promise.resolve(), "a change").then(async () => {
              version += 1;
              const news = version;
              await s.schedule(Promise.resolve(), "the news travels");
              learned = Math.max(learned, news);
              kept.forget("a1");
            }),
          );
        }
        await s.waitFor(Promise.all(all));
        service.answer = async () => version;
        expect(await get("a1")).toBe(version);
      }),
      { numRuns: 500 },
    );
  });

  test("a caller that asks for an answer of a time gets none from before it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (s) => {
        const { at, service, get } = ground();
        service.answer = async () => {
          await s.schedule(Promise.resolve(), "the question travels");
          const read = at.ms;
          await s.schedule(Promise.resolve(), "the answer travels");
          return read;
        };
        const asking = (name: string) =>
          s.schedule(Promise.resolve(), name).then(async () => {
            at.ms += 1;
            const notBeforeMs = at.ms;
            expect(await get("a1", { notBeforeMs })).toBeGreaterThanOrEqual(notBeforeMs);
          });
        await s.waitFor(Promise.all(["one", "two", "three", "four"].map(asking)));
      }),
      { numRuns: 300 },
    );
  });
});

test("a caller that waits for an answer while news of a change comes gets one from after it", async () => {
  const { get, kept, service, asked } = ground();
  const answers: ((version: number) => void)[] = [];
  service.answer = () => new Promise((resolve) => answers.push(resolve));
  const waiting = get("a1");
  kept.forget("a1");
  answers[0]?.(1);
  await settled();
  answers[1]?.(2);
  expect(await waiting).toBe(2);
  expect(asked).toHaveLength(2);
});

test("all who want the same at once ask once", async () => {
  const { get, asked } = ground();
  expect(await Promise.all([get("a1"), get("a1"), get("a1"), get("b1")])).toEqual([1, 1, 1, 1]);
  expect(asked).toEqual(["a1", "b1"]);
});

test("an answer is used while it is fresh, renewed behind it once it is not young, and asked for when it is old", async () => {
  const { at, get, asked, service } = ground();
  await get("a1");
  at.ms += LIMITS.renewMs - 1;
  await get("a1");
  expect(asked).toHaveLength(1);
  at.ms += 1;
  service.answer = async () => 2;
  expect(await get("a1")).toBe(1);
  expect(asked).toHaveLength(2);
  await settled();
  expect(await get("a1")).toBe(2);
  at.ms += LIMITS.freshMs;
  service.answer = async () => 3;
  expect(await get("a1")).toBe(3);
});

test("an answer that was old when it came is as old as it was", async () => {
  const { at, service } = ground();
  const kept = new KeptAnswers<number>({ ...LIMITS, now: () => at.ms, ageMs: () => 4_000 });
  let asked = 0;
  const ask = () => {
    asked += 1;
    return service.answer("a1");
  };
  await kept.get("a1", ask);
  at.ms += LIMITS.freshMs - 4_000 - 1;
  await kept.get("a1", ask);
  expect(asked).toBe(1);
  at.ms += 1;
  await kept.get("a1", ask);
  expect(asked).toBe(2);
});

test("while nobody answers, a known key keeps its answer until it is stale, and other callers get the error", async () => {
  const { at, get, asked, service } = ground();
  await get("a1");
  service.answer = () => Promise.reject(unavailable());
  at.ms += LIMITS.staleMs - 1;
  expect(await get("a1")).toBe(1);
  await expect(get("a2")).rejects.toThrow("gone");
  // For a second, nobody who is known asks.
  const before = asked.length;
  expect(await get("a1")).toBe(1);
  expect(asked).toHaveLength(before);
  at.ms += 1;
  await expect(get("a1")).rejects.toThrow("gone");
});

test("a key that nobody answers about keeps no other from being renewed", async () => {
  const { at, asked, service, kept, get } = ground();
  await Promise.all([get("a1"), get("b1")]);
  at.ms += LIMITS.freshMs;
  service.answer = async (key) => {
    if (key === "a1") throw unavailable();
    return 2;
  };
  expect(await get("a1")).toBe(1);
  expect(await get("b1")).toBe(2);
  expect(await get("a1")).toBe(1);
  expect(asked).toEqual(["a1", "b1", "a1", "b1"]);
  expect(kept.size).toBe(2);
});

test("a known key does not wait for a source that does not answer", async () => {
  const { at, get, service } = ground();
  await get("a1");
  service.answer = () => new Promise(() => {});
  at.ms += LIMITS.freshMs;
  expect(await get("a1")).toBe(1);
});

test("a caller that asks for something fresh gets nothing stale", async () => {
  const { at, get, service } = ground();
  await get("a1");
  service.answer = () => Promise.reject(unavailable());
  await expect(get("a1", { notBeforeMs: at.ms + 1 })).rejects.toThrow("gone");
});

test("what is refused is known no longer, also when nobody answers after that", async () => {
  const { at, get, service } = ground();
  await get("a1");
  at.ms += LIMITS.freshMs;
  service.answer = () => Promise.reject(new ConnectError("no", Code.NotFound));
  await expect(get("a1")).rejects.toThrow("no");
  service.answer = () => Promise.reject(unavailable());
  await expect(get("a1")).rejects.toThrow("gone");
});

test("what was forgotten is not used while nobody answers", async () => {
  const { get, service, kept } = ground();
  await get("a1");
  await get("a2");
  await get("b1");
  service.answer = () => Promise.reject(unavailable());
  kept.forget("a");
  await expect(get("a1")).rejects.toThrow("gone");
  await expect(get("a2")).rejects.toThrow("gone");
  expect(await get("b1")).toBe(1);
  kept.forgetAll();
  await expect(get("b1")).rejects.toThrow("gone");
});

test("no more are kept than may be, and who was used last stays", async () => {
  const { get, kept, asked } = ground({ max: 3 });
  for (const key of ["a1", "a2", "a3", "a1", "a4"]) await get(key);
  expect(kept.size).toBe(3);
  const before = asked.length;
  await get("a1");
  expect(asked).toHaveLength(before);
  await get("a2");
  expect(asked).toHaveLength(before + 1);
});

test("when more tags change than are known, all answers from before are forgotten", async () => {
  const { get, kept, asked } = ground({ max: 3 });
  await get("a1");
  for (const tag of ["x", "y", "z"]) kept.forget(tag);
  await get("a1");
  expect(asked).toEqual(["a1"]);
  kept.forget("w");
  await get("a1");
  expect(asked).toEqual(["a1", "a1"]);
});

test("many are renewed together, and who is left out of the answer is not known any more", async () => {
  const { at, get, kept, asked } = ground();
  for (const key of ["a1", "a2"]) await get(key);
  at.ms += 3_000;
  const due = { usedWithinMs: 10_000, olderThanMs: 2_000 };
  expect(kept.inUse({ ...due, max: 1 })).toEqual([["a2", 1]]);
  expect(kept.inUse({ ...due, max: 2 })).toEqual([
    ["a1", 1],
    ["a2", 1],
  ]);
  await kept.renew(["a1", "a2"], async () => new Map([["a1", 7]]));
  expect(await get("a1")).toBe(7);
  const before = asked.length;
  expect(await get("a2")).toBe(1);
  expect(asked).toHaveLength(before + 1);
});

test("being renewed is not being used", async () => {
  const { at, get, kept } = ground();
  await get("a1");
  at.ms += 9_000;
  await kept.renew(["a1"], async () => new Map([["a1", 7]]));
  at.ms += 2_000;
  expect(kept.inUse({ usedWithinMs: 10_000, olderThanMs: 2_000, max: 9 })).toEqual([]);
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a question whose time another has used up is asked again, once for all who joined it", async () => {
  const { asked, service, get } = ground();
  let fail = (_: Error) => {};
  service.answer = () =>
    new Promise((_, reject) => {
      fail = reject;
    });
  const first = get("a1");
  const joined = [get("a1"), get("a1")];
  service.answer = async () => 2;
  fail(new ConnectError("late", Code.DeadlineExceeded));
  await expect(first).rejects.toMatchObject({ code: Code.DeadlineExceeded });
  expect(await Promise.all(joined)).toEqual([2, 2]);
  expect(asked).toEqual(["a1", "a1"]);
});
