import { randomUUID } from "node:crypto";
import { Code } from "@connectrpc/connect";
import {
  ProjectEventKind as Kind,
  type ProjectEvent,
} from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { Permission, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
const WAIT_MS = 60_000;
/** More than is buffered for one reader, in memory and on the wire. */
const HELD_BACK = 8_000;
let system: TestSystem;
const watching = new Set<AbortController>();

beforeAll(async () => {
  system = await testSystem();
});

afterAll(async () => {
  for (const it of watching) it.abort();
  await system.stop();
});

interface Watching {
  events: ProjectEvent[];
  positions: string[];
  ended: Promise<unknown>;
}

/** Follows the feed as somebody, until the tests are over. */
async function watch(request: object, options = {}): Promise<Watching> {
  const abort = new AbortController();
  watching.add(abort);
  const [events, positions]: [ProjectEvent[], string[]] = [[], []];
  const stream = system.events.watchProjectEvents(request, { ...options, signal: abort.signal });
  const iterator = stream[Symbol.asyncIterator]();
  const first = await iterator.next();
  expect(first.value?.event).toBeUndefined();
  positions.push(first.value?.position ?? "");
  const read = async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      positions.push(next.value.position);
      if (next.value.event) events.push(next.value.event);
    }
  };
  return { events, positions, ended: read().catch((error: unknown) => error) };
}

const told = ({ events }: Watching, projectId: number) =>
  events.filter((it) => it.projectId === projectId).map(({ revision, kind }) => [Number(revision), kind]);

test("each change of a project is one event, of its kind, in order", async () => {
  const follower = await watch({}, system.as("administrator"));
  const projectId = await system.project(DRAFT);
  await system.set(projectId, { name: "Other", priority: 4 });
  await system.set(projectId, { status: PUBLISHED, name: "Third" });
  await system.set(projectId, { mappingPermission: Permission.LEVEL });
  await system.set(projectId, { featured: true });
  await system.set(projectId, { status: ARCHIVED });
  await system.set(projectId, { status: PUBLISHED });
  await system.set(projectId, { status: DRAFT });
  await expect
    .poll(() => told(follower, projectId), { timeout: WAIT_MS })
    .toEqual([
      [1, Kind.CREATED],
      [2, Kind.CHANGED],
      [3, Kind.PUBLISHED],
      [4, Kind.ACCESS_CHANGED],
      [5, Kind.FEATURED],
      [6, Kind.ARCHIVED],
      [7, Kind.REOPENED],
      [8, Kind.DRAFTED],
    ]);
  const of = (revision: number) =>
    follower.events.find((it) => it.projectId === projectId && it.revision === BigInt(revision));
  expect(of(2)).toMatchObject({ fields: ["name", "priority"], accessChanged: false, actorUserId: 1n });
  expect(of(3)).toMatchObject({ fields: ["name", "status"], accessChanged: true });
  expect(of(4)).toMatchObject({ fields: ["mapping_permission"], accessChanged: true });
});

test("what was given the value that it had is not among the fields", async () => {
  const projectId = await system.project(DRAFT, { name: "Same", hashtags: ["#a"] });
  const follower = await watch({ projectId, fromStart: true }, system.as("administrator"));
  await system.set(projectId, { name: "Same", hashtags: ["#a"], imagery: "Bing" });
  await expect.poll(() => follower.events.at(-1)?.fields, { timeout: WAIT_MS }).toEqual(["imagery"]);
});

test("a command that is sent again, or was refused, appends nothing", async () => {
  const projectId = await system.project(DRAFT);
  const request = {
    requestId: randomUUID(),
    project: { projectId, name: "Twice" },
    updateMask: { paths: ["name"] },
    expectedRevision: 1n,
  };
  const administrator = system.as("administrator");
  for (let time = 0; time < 3; time++) await system.client.updateProject(request, administrator);
  expect(
    (await refusalOf(system.client.updateProject({ ...request, requestId: randomUUID() }, administrator)))
      .reason,
  ).toBe("PROJECT_CHANGED");
  const { events } = await system.events.listProjectEvents({ projectId }, administrator);
  expect(events.map(({ revision }) => revision)).toEqual([1n, 2n]);
});

test("a user who may not see a project gets no event of it until it is published, and not the actor", async () => {
  const [anybody, beginner] = [await watch({}), await watch({}, system.as("beginner"))];
  const projectId = await system.project(DRAFT);
  await system.set(projectId, { name: "Secret" });
  await system.set(projectId, { status: PUBLISHED });
  const visible = await system.project(PUBLISHED);
  for (const follower of [anybody, beginner]) {
    await expect.poll(() => told(follower, visible).length, { timeout: WAIT_MS }).toBeGreaterThan(0);
    expect(told(follower, projectId).at(-1)).toEqual([3, Kind.PUBLISHED]);
    expect(follower.events.every(({ actorUserId }) => actorUserId === undefined)).toBe(true);
  }
  const hidden = await system.project(DRAFT);
  const later = await system.project(PUBLISHED);
  await expect.poll(() => told(beginner, later).at(-1), { timeout: WAIT_MS }).toEqual([2, Kind.PUBLISHED]);
  expect(told(beginner, hidden)).toEqual([]);
});

test("the events of a private project reach its allowed users, and no longer the others", async () => {
  const projectId = await system.project(PUBLISHED);
  const since = (follower: Watching) => told(follower, projectId).filter(([revision = 0]) => revision > 2);
  const allowed = await watch({}, system.as("beginner"));
  const other = await watch({}, system.as("advanced"));
  const alone = await watch({ projectId }, system.as("advanced"));
  await system.set(projectId, { private: true, allowedUserIds: [3n] });
  await system.set(projectId, { name: "Among us" });
  await expect.poll(() => since(allowed).length, { timeout: WAIT_MS }).toBe(2);
  expect(await alone.ended).toMatchObject({ code: Code.NotFound });
  const later = await system.project(PUBLISHED);
  await expect.poll(() => told(other, later).length, { timeout: WAIT_MS }).toBeGreaterThan(0);
  expect(since(other)).toEqual([]);
  expect(since(alone)).toEqual([]);
});

test("a reader that stops anywhere and resumes there gets every event once, in order", async () => {
  const projectId = await system.project(PUBLISHED);
  for (let time = 0; time < 8; time++) await system.set(projectId, { name: `Name ${time}` });
  const whole = await watch({ projectId, fromStart: true }, system.as("administrator"));
  await expect.poll(() => whole.events.length, { timeout: WAIT_MS }).toBe(10);
  for (let stop = 0; stop < whole.positions.length; stop++) {
    const position = whole.positions[stop] as string;
    const resumed = await watch({ projectId, position }, system.as("administrator"));
    await expect.poll(() => resumed.events.length, { timeout: WAIT_MS }).toBe(10 - stop);
    expect(resumed.events).toEqual(whole.events.slice(stop));
  }
});

test("without a position the feed begins now", async () => {
  const administrator = system.as("administrator");
  const before = await system.project(PUBLISHED);
  const whole = await watch({ fromStart: true }, administrator);
  await expect.poll(() => told(whole, before).length, { timeout: WAIT_MS }).toBe(2);
  const follower = await watch({}, administrator);
  const projectId = await system.project(PUBLISHED);
  await expect.poll(() => follower.events.length, { timeout: WAIT_MS }).toBe(2);
  expect(told(follower, projectId)).toHaveLength(2);
});

test("the deletion of a project is published to its readers, and ends its own stream", async () => {
  const [published, draft] = [await system.project(PUBLISHED), await system.project(DRAFT)];
  const anybody = await watch({});
  const manager = await watch({}, system.as("administrator"));
  const own = await watch({ projectId: published });
  for (const projectId of [draft, published]) {
    await system.client.deleteProject({ requestId: randomUUID(), projectId }, system.as("administrator"));
  }
  expect(await own.ended).toBeUndefined();
  expect(told(own, published).at(-1)).toEqual([3, Kind.DELETED]);
  await expect.poll(() => told(anybody, published).at(-1), { timeout: WAIT_MS }).toEqual([3, Kind.DELETED]);
  await expect.poll(() => told(manager, draft).at(-1), { timeout: WAIT_MS }).toEqual([2, Kind.DELETED]);
  expect(told(anybody, draft)).toEqual([]);
});

test("a slow reader is dropped, and resumes at the given position without loss", async () => {
  const { sql } = system.database;
  const projectId = await system.project(PUBLISHED);
  const before = await watch({ projectId, fromStart: true });
  await expect.poll(() => before.events.length, { timeout: WAIT_MS }).toBe(2);
  const stream = system.events
    .watchProjectEvents({ projectId, position: before.positions.at(-1) as string })
    [Symbol.asyncIterator]();
  await stream.next();
  await sql`
    insert into project_events (project_id, revision, kind, actor, event_time, fields, access_changed, was_public)
    select ${projectId}, id, ${Kind.CHANGED}, 1, now(), array[repeat('x', 1000)], false, true
    from generate_series(3, ${2 + HELD_BACK}) as id`;
  const unstamped = () => sql`select from project_events where position is null limit 1`;
  await expect.poll(async () => (await unstamped()).length, { timeout: WAIT_MS }).toBe(0);
  // A follower that has all shows that the one reader of this process has read all. On a busy machine it is slow as well.
  let read = 0;
  for (let from: object = { fromStart: true }; read < 2 + HELD_BACK; ) {
    for await (const { event, dropped, position } of system.events.watchProjectEvents({
      projectId,
      ...from,
    })) {
      from = { position };
      if (event && ++read === 2 + HELD_BACK) break;
      if (dropped) break;
    }
  }
  const revisions: bigint[] = [];
  let last: { dropped: boolean; position: string } | undefined;
  for (let next = await stream.next(); !next.done; next = await stream.next()) {
    last = next.value;
    if (next.value.event) revisions.push(next.value.event.revision);
  }
  expect(last?.dropped).toBe(true);
  expect(revisions.length).toBeLessThan(HELD_BACK);
  const resumed = await watch({ projectId, position: last?.position as string });
  await expect.poll(() => resumed.events.length, { timeout: WAIT_MS }).toBe(HELD_BACK - revisions.length);
  const all = [...revisions, ...resumed.events.map(({ revision }) => revision)];
  expect(all).toEqual(Array.from({ length: HELD_BACK }, (_, index) => BigInt(index) + 3n));
});

test("a feed of a project that the caller may not see is refused as one that is not there", async () => {
  const draft = await system.project(DRAFT);
  for (const projectId of [draft, 2_000_000]) {
    for (const options of [{}, system.as("beginner")]) {
      const watched = (async () => {
        for await (const _ of system.events.watchProjectEvents({ projectId }, options)) break;
      })();
      expect((await refusalOf(watched)).reason).toBe("PROJECT_NOT_FOUND");
      const listed = system.events.listProjectEvents({ projectId }, options);
      expect((await refusalOf(listed)).reason).toBe("PROJECT_NOT_FOUND");
    }
  }
});

test.each(["x", "c", "p1", "czzzzzzz"])("%s is no position of this feed", async (position) => {
  const watched = (async () => {
    for await (const _ of system.events.watchProjectEvents({ position })) break;
  })();
  expect((await refusalOf(watched)).reason).toBe("POSITION_INVALID");
});

test("the history of a project is listed in pages, and names the actors to managers", async () => {
  const projectId = await system.project(PUBLISHED);
  for (let time = 0; time < 3; time++) await system.set(projectId, { name: `Name ${time}` });
  const seen: bigint[] = [];
  let pageToken = "";
  for (let pages = 0; pages < 5; pages++) {
    const page = await system.events.listProjectEvents({ projectId, pageSize: 2, pageToken });
    expect(page.events.length).toBeLessThanOrEqual(2);
    expect(page.events.every(({ actorUserId }) => actorUserId === undefined)).toBe(true);
    seen.push(...page.events.map(({ revision }) => revision));
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  expect(seen).toEqual([1n, 2n, 3n, 4n, 5n]);
  const { events } = await system.events.listProjectEvents({ projectId }, system.as("administrator"));
  expect(events.map(({ actorUserId }) => actorUserId)).toEqual([1n, 1n, 1n, 1n, 1n]);
  const other = await system.project(PUBLISHED);
  const first = await system.events.listProjectEvents({ projectId, pageSize: 2 });
  const elsewhere = system.events.listProjectEvents({ projectId: other, pageToken: first.nextPageToken });
  expect((await refusalOf(elsewhere)).reason).toBe("PAGE_TOKEN_INVALID");
});
