import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Client } from "@connectrpc/connect";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { appendEvent } from "../event-store.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { stampEvents, walkChain } from "./event-chain-store.ts";
import { forgetEvents } from "./store.ts";

type Who = { headers: { authorization: string } };

const WAIT_MS = 60_000;
const WALK = fileURLToPath(new URL("./verify-events.ts", import.meta.url));

let system: TestSystem;
let events: Client<typeof AuthEventService>;
let admin: Who;
let mapper: Who;
let service: Who;
let mapperId: bigint;

beforeAll(async () => {
  system = await testSystem();
  events = system.clientOf(AuthEventService);
  admin = await system.signIn("administrator");
  mapper = await system.signIn("mapper-1");
  service = await system.signInService("mapper-2");
  mapperId = (await system.client.getCurrentUser({}, mapper)).user?.userId ?? 0n;
});

afterAll(() => system.stop());

beforeEach(async () => {
  await unguarded(async (sql) => {
    // First, as the sequencer does.
    await sql`update feed_head set position = 0, hash = ''`;
    await sql`delete from events`;
    await sql`update events_floor set position = 0, hash = ''`;
  });
});

/** What only the owner of the database can do: work around the triggers. */
async function unguarded(work: (sql: TransactionSql) => Promise<unknown>): Promise<void> {
  await system.database.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await work(sql);
  });
}

const append = (organisationId: number, userId = 0n, actor = 0n) =>
  appendEvent(system.database.sql, { kind: AuthEventKind.ROLE_SET, actor, userId, organisationId });

async function stamped(count: number): Promise<void> {
  const untilMs = Date.now() + WAIT_MS;
  for (;;) {
    const [row] = await system.database.sql<{ waiting: bigint; all: bigint }[]>`
      select count(*) filter (where position is null) as waiting, count(*) as all from events`;
    if (row?.waiting === 0n && Number(row.all) >= count) return;
    if (Date.now() > untilMs) throw new Error(`only ${row?.all} events, ${row?.waiting} without a place`);
    await sleep(20);
  }
}

async function appended(count: number): Promise<void> {
  for (let index = 1; index <= count; index++) await append(index);
  await stamped(count);
}

test("an administrator sees all events, the newest first, and the others what concerns them", async () => {
  await append(1, mapperId);
  await append(2, 0n, mapperId);
  await append(3, 999n);
  await stamped(3);
  const organisations = async (who: Who, request = {}) =>
    (await events.listAuthEvents(request, who)).events.map((it) => it.organisationId);
  expect(await organisations(admin)).toEqual([3, 2, 1]);
  expect(await organisations(mapper)).toEqual([2, 1]);
  expect(await organisations(mapper, { userId: 999n })).toEqual([]);
  expect(await organisations(admin, { userId: mapperId })).toEqual([1]);
  expect(await organisations(admin, { actorUserId: mapperId })).toEqual([2]);
  expect(await organisations(admin, { organisationId: 3 })).toEqual([3]);
  expect(await organisations(admin, { teamId: 3 })).toEqual([]);
  expect(await organisations(admin, { kind: AuthEventKind.USER_BLOCKED })).toEqual([]);
  const { events: all } = await events.listAuthEvents({ kind: AuthEventKind.ROLE_SET }, admin);
  const middle = all[1]?.commitTime;
  if (middle === undefined) throw new Error("no time");
  // A time on the wire is as exact as a millisecond here.
  const next = { ...middle, nanos: middle.nanos + 1_000_000 };
  expect(await organisations(admin, { afterTime: middle })).toContain(2);
  expect(await organisations(admin, { beforeTime: middle })).not.toContain(2);
  expect(await organisations(admin, { beforeTime: next })).toContain(2);
});

test("an event of others answers as one that is not there", async () => {
  await append(1, 999n);
  await stamped(1);
  const [event] = (await events.listAuthEvents({}, admin)).events;
  const eventId = event?.eventId ?? "";
  expect((await events.getAuthEvent({ eventId }, admin)).event).toEqual(event);
  const hidden = await refusalOf(events.getAuthEvent({ eventId }, mapper));
  const other = randomUUID();
  const absent = await refusalOf(events.getAuthEvent({ eventId: other }, mapper));
  expect(hidden).toEqual({ reason: "AUTH_EVENT_NOT_FOUND", metadata: { event_id: eventId } });
  expect(absent).toEqual({ reason: "AUTH_EVENT_NOT_FOUND", metadata: { event_id: other } });
});

test("pages hold every event once, whatever happens meanwhile", async () => {
  await appended(10);
  const seen: (number | undefined)[] = [];
  let pageToken = "";
  do {
    const page = await events.listAuthEvents({ pageSize: 3, pageToken }, admin);
    seen.push(...page.events.map((it) => it.organisationId));
    pageToken = page.nextPageToken;
    await append(100);
  } while (pageToken !== "");
  expect(seen.filter((it = 0) => it < 100)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

/** Reads a stream until a number of events came. */
async function follow(request: { position?: string; fromStart?: boolean }, count: number) {
  const ending = new AbortController();
  const got: { position: string; organisationId: number | undefined }[] = [];
  let first = "";
  try {
    for await (const message of events.watchAuthEvents(request, { ...service, signal: ending.signal })) {
      if (message.event === undefined) first = message.position;
      else got.push({ position: message.position, organisationId: message.event.organisationId });
      if (got.length >= count) break;
    }
  } finally {
    ending.abort();
  }
  return { first, got };
}

test("a follower gets every event once, also those that commit late, and resumes at its position", async () => {
  let commit = () => {};
  const held = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let written = () => {};
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const late = system.database.sql.begin(async (sql) => {
    await appendEvent(sql, { kind: AuthEventKind.ROLE_SET, actor: 0n, organisationId: 1 });
    written();
    await held;
  });
  await isWritten;
  await append(2);
  const { got } = await follow({ fromStart: true }, 1);
  expect(got.map((it) => it.organisationId)).toEqual([2]);
  commit();
  await late;
  const next = await follow({ position: got[0]?.position ?? "" }, 1);
  expect(next.got.map((it) => it.organisationId)).toEqual([1]);
  await append(3);
  const { got: all } = await follow({ fromStart: true }, 3);
  expect(all.map((it) => it.organisationId)).toEqual([2, 1, 3]);
});

test("without a position the feed begins now, and one that it never gave is refused", async () => {
  await appended(2);
  const following = follow({}, 1);
  await sleep(300);
  await append(3);
  expect((await following).got.map((it) => it.organisationId)).toEqual([3]);
  for (const position of ["p1", "e9999", "x"])
    expect((await refusalOf(follow({ position }, 1))).reason).toBe("POSITION_INVALID");
  expect((await refusalOf(events.watchAuthEvents({}, admin)[Symbol.asyncIterator]().next())).reason).toBe(
    "SCOPE_MISSING",
  );
});

test("the stream of who is blocked ends, and its token opens no other", async () => {
  const blocked = await system.signInService("mapper-3");
  const stream = events.watchAuthEvents({}, blocked)[Symbol.asyncIterator]();
  await stream.next();
  const next = stream.next();
  const { sql } = system.database;
  const [row] = await sql<{ user_id: bigint }[]>`select user_id from users where name = 'mapper-3'`;
  const userId = row?.user_id ?? 0n;
  await system.clientOf(UserService).blockUser({ requestId: randomUUID(), userId, reason: "Spam." }, admin);
  const untilEnd = async () => {
    for (let last = await next; !last.done; ) last = await stream.next();
  };
  expect((await refusalOf(untilEnd())).reason).toBe("USER_BLOCKED");
  const again = events.watchAuthEvents({}, blocked)[Symbol.asyncIterator]();
  expect((await refusalOf(again.next())).reason).toBe("USER_BLOCKED");
});

test("the database itself refuses to change what happened, or to take it away", async () => {
  await appended(2);
  const { sql } = system.database;
  const attempts = [
    () => sql`update events set actor = 7`,
    () => sql`update events set position = position + 10`,
    () => sql`update events set hash = 'x'`,
    () => sql`update events set position = null, hash = null`,
    () => sql`delete from events`,
    () => sql`truncate events`,
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toThrow("events are appended");
  expect(await walkChain(sql)).toEqual({ sound: 2 });
});

test("several replicas that give events their positions make one chain", async () => {
  const { sql } = system.database;
  const other = await system.start();
  const work = Array.from({ length: 40 }, (_, index) => append(index + 1));
  const stamping = Array.from({ length: 20 }, () => stampEvents(sql));
  await Promise.all([...work, ...stamping]);
  await stamped(40);
  expect(await walkChain(sql)).toEqual({ sound: 40 });
  await other.stop();
});

const TAMPERING: [
  what: string,
  sound: number,
  at: bigint,
  said: string,
  work: (sql: TransactionSql) => Promise<unknown>,
][] = [
  ["altered", 3, 4n, "altered", (sql) => sql`update events set actor = 7 where position = 4`],
  ["dropped", 3, 5n, "at 4 is gone", (sql) => sql`delete from events where position = 4`],
  ["dropped at first", 0, 3n, "at 1 is gone", (sql) => sql`delete from events where position <= 2`],
  ["dropped at last", 5, 5n, "none that was the last", (sql) => sql`delete from events where position = 6`],
  [
    "altered by a microsecond",
    3,
    4n,
    "altered",
    (sql) => sql`update events set commit_time = commit_time + interval '1 microsecond' where position = 4`,
  ],
  [
    "altered in its details",
    0,
    1n,
    "altered",
    (sql) => sql`update events set details = '{"to":"x"}' where position = 1`,
  ],
];

test.each(TAMPERING)("an event that was %s is found where it was", async (_, sound, position, said, work) => {
  await appended(6);
  await unguarded(work);
  expect(await walkChain(system.database.sql)).toEqual({
    sound,
    break: { position, what: expect.stringContaining(said) },
  });
});

test("the command says where the chain breaks, and fails then", async () => {
  const run = () =>
    promisify(execFile)(process.execPath, [WALK], {
      env: { ...process.env, DATABASE_URL: system.database.url },
    });
  await appended(3);
  expect((await run()).stdout).toContain("3 events are as they were written");
  await unguarded((sql) => sql`update events set client_id = 'x' where position = 2`);
  await expect(run()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("breaks at 2") });
});

test("what is older than it is kept for goes, and the rest is verified from there", async () => {
  const { sql } = system.database;
  for (const days of [30, 20, 10, 0]) {
    await sql`
      insert into events (kind, actor, organisation_id, commit_time)
      values (10, 0, ${days + 1}, now() - make_interval(days => ${days}))`;
  }
  await stamped(4);
  const first = await follow({ fromStart: true }, 1);
  expect(await forgetEvents(15)(sql)).toBe(2);
  expect(await forgetEvents(15)(sql)).toBe(0);
  expect(await walkChain(sql)).toEqual({ sound: 2 });
  const { events: left } = await events.listAuthEvents({}, admin);
  expect(left.map((it) => it.organisationId)).toEqual([1, 11]);
  const forgotten = await refusalOf(follow({ position: first.got[0]?.position ?? "" }, 1));
  expect(forgotten).toEqual({ reason: "POSITION_FORGOTTEN", metadata: { oldest_position: "e2" } });
  expect((await follow({ position: "e2" }, 2)).got.map((it) => it.organisationId)).toEqual([11, 1]);
  expect((await follow({ fromStart: true }, 2)).got.map((it) => it.organisationId)).toEqual([11, 1]);
  expect(await forgetEvents(1)(sql)).toBe(1);
  expect(await walkChain(sql)).toEqual({ sound: 1 });
});
