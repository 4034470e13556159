import { Buffer } from "node:buffer";
import type { Sql } from "@tessera/postgres/pool.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Feed, feed, type Positioned } from "./feed.ts";
import type { Direct } from "./hub.ts";

const PROJECT = 7;

/** A feed whose events a test adds. */
function world() {
  const rows: Positioned[] = [];
  const head = () => rows.at(-1)?.position ?? 0n;
  const sql = (async () => [{ position: head() }]) as unknown as Sql;
  const read = async ({
    after,
    upTo = head(),
    projectId,
    limit,
  }: Parameters<Parameters<typeof feed>[2]>[0]) =>
    rows
      .filter(
        (it) => it.position > after && it.position <= upTo && (projectId ?? it.project_id) === it.project_id,
      )
      .slice(0, limit);
  const events = feed<Positioned>(sql, "rows", read, (error) => {
    throw error;
  });
  const add = (project_id = PROJECT) => {
    rows.push({ position: head() + 1n, project_id });
    events.poke();
  };
  return { rows, events, add };
}

/** A watcher, and what it got: read by its handler, and written directly. */
function watcher(events: Feed<Positioned>, after: bigint, changes: Partial<Direct<Positioned>> = {}) {
  const leave = new AbortController();
  const state = { got: [] as bigint[], read: 0, buffers: [] as Buffer[], isSlow: false, isSeen: true };
  let wake = () => {};
  const direct: Direct<Positioned> = {
    frameOf: ({ position }) => Buffer.from([Number(position)]),
    sees: () => state.isSeen,
    push: (frames) => {
      if (state.isSlow) return false;
      state.buffers.push(frames);
      state.got.push(...[...frames].map(BigInt));
      return true;
    },
    drained: (signal) =>
      new Promise((resolve) => {
        wake = resolve;
        signal.addEventListener("abort", () => resolve());
      }),
    ...changes,
  };
  const follow = async () => {
    const { signal } = leave;
    for await (const { position } of events.watchDirectly({ projectId: PROJECT, after, signal, direct })) {
      state.read += 1;
      state.got.push(position);
    }
  };
  const reading = follow();
  return {
    state,
    /** The reader takes what waited for it. */
    catchUp: () => {
      state.isSlow = false;
      wake();
    },
    leave: async () => {
      leave.abort();
      await reading;
    },
  };
}

const ofProject = (rows: readonly Positioned[], after = 0n) =>
  rows.filter((it) => it.project_id === PROJECT && it.position > after).map((it) => it.position);

test("all watchers of a project are written the same bytes, which are made once", async () => {
  const { rows, events, add } = world();
  const made: bigint[] = [];
  const frameOf = ({ position }: Positioned) => {
    made.push(position);
    return Buffer.from([Number(position)]);
  };
  const all = Array.from({ length: 20 }, () => watcher(events, 0n, { frameOf }));
  for (let count = 0; count < 5; count++) {
    add();
    add(PROJECT + 1);
    await expect.poll(() => all.every(({ state }) => state.got.length === count + 1)).toBe(true);
  }
  const written = all.filter(({ state }) => state.read === 0);
  expect(written.length).toBeGreaterThan(0);
  for (const { state } of written) {
    expect(state.got).toEqual(ofProject(rows));
    expect(state.buffers.every((it, at) => it === written[0]?.state.buffers[at])).toBe(true);
  }
  expect(made.length).toBeLessThanOrEqual(5);
  await Promise.all(all.map(({ leave }) => leave()));
  await events.stop();
});

test("a reader that is slow reads what it missed, and is then written to again", async () => {
  const { rows, events, add } = world();
  const { state, catchUp, leave } = watcher(events, 0n);
  const other = watcher(events, 0n);
  add();
  await expect.poll(() => state.got).toHaveLength(1);
  state.isSlow = true;
  const read = state.read;
  for (let count = 0; count < 4; count++) {
    add();
    await expect.poll(() => other.state.got).toEqual(ofProject(rows));
  }
  expect(state.got).toHaveLength(1);
  catchUp();
  await expect.poll(() => state.got).toEqual(ofProject(rows));
  expect(state.read).toBe(read + 4);
  add();
  await expect.poll(() => state.got).toEqual(ofProject(rows));
  expect(state.read).toBe(read + 4);
  await Promise.all([leave(), other.leave()]);
  await events.stop();
});

test("nothing is written to a reader that is not known to see the project: its handler decides about each event", async () => {
  const { rows, events, add } = world();
  const { state, leave } = watcher(events, 0n);
  add();
  await expect.poll(() => state.got).toHaveLength(1);
  state.isSeen = false;
  const { read } = state;
  add();
  add();
  await expect.poll(() => state.got).toEqual(ofProject(rows));
  expect(state.read).toBe(read + 2);
  await leave();
  await events.stop();
});

test("nothing is written after the signal aborted", async () => {
  const { events, add } = world();
  const { state, leave } = watcher(events, 0n);
  const other = watcher(events, 0n);
  add();
  await expect.poll(() => [...state.got, ...other.state.got]).toHaveLength(2);
  add();
  await leave();
  await expect.poll(() => other.state.got).toHaveLength(2);
  expect(state.got).toHaveLength(1);
  await other.leave();
  await events.stop();
});

test("whatever happens, a watcher gets every event of its project once, in order", async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant({ kind: "add" as const, who: 0 }) },
    { weight: 2, arbitrary: fc.constant({ kind: "other" as const, who: 0 }) },
    fc.record({ kind: fc.constantFrom("slow", "quick", "unseen", "seen", "turn"), who: fc.nat(2) }),
    fc.record({ kind: fc.constant("join" as const), who: fc.nat(9) }),
  );
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const { rows, events, add } = world();
    const joined: { after: bigint; it: ReturnType<typeof watcher> }[] = [];
    const join = (after: bigint) => joined.push({ after, it: watcher(events, after) });
    join(0n);
    for (const { kind, who } of steps) {
      const one = joined[who % joined.length]?.it;
      if (kind === "add") add();
      if (kind === "other") add(PROJECT + 1);
      if (kind === "join") join(BigInt(Math.max(0, rows.length - who)));
      if (kind === "slow" && one) one.state.isSlow = true;
      if (kind === "quick") one?.catchUp();
      if ((kind === "seen" || kind === "unseen") && one) one.state.isSeen = kind === "seen";
      if (kind === "turn") await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const { it } of joined) {
      it.state.isSeen = true;
      it.catchUp();
    }
    for (const { after, it } of joined) await expect.poll(() => it.state.got).toEqual(ofProject(rows, after));
    await Promise.all(joined.map(({ it }) => it.leave()));
    await events.stop();
  });
  await fc.assert(property, { numRuns: 60 });
});
