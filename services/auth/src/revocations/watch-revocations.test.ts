import { randomUUID } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { RevocationService } from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionToken } from "../sessions/session-token.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { testKeys } from "../testing/token.ts";
import { markSessionRevoked } from "./store.ts";

let system: TestSystem;
let service: { headers: { authorization: string } };

beforeAll(async () => {
  system = await testSystem();
  service = await system.signInService("mapper-90000");
});

afterAll(() => system.stop());

const signIn = async (name: string) => {
  const answer = await system.client.createSession({ requestId: randomUUID(), name });
  const sessionId = answer.acknowledgement?.name.replace("sessions/", "") as string;
  return { sessionId, who: { headers: { authorization: `Bearer ${answer.accessToken}` } } };
};

/** Opens a stream; `received` is what came before and after `complete`, and when. */
function watching(client = system.clientOf(RevocationService), who = service) {
  const received = { before: [] as string[], after: [] as string[], isComplete: false, hasEnded: false };
  const leaving = new AbortController();
  const read = async () => {
    for await (const { message } of client.watchRevocations({}, { ...who, signal: leaving.signal })) {
      if (message.case === "complete") received.isComplete = true;
      else if (message.case === "revocation") {
        const { sessionId, userId, tokenVersion, blocked } = message.value;
        const line = sessionId || `user ${userId} below ${tokenVersion}${blocked ? ", blocked" : ""}`;
        (received.isComplete ? received.after : received.before).push(line);
      }
    }
    received.hasEnded = true;
  };
  const reading = read().catch(() => {});
  const leave = async () => {
    leaving.abort();
    await reading;
  };
  return {
    received,
    leave,
    ended: reading,
    isComplete: () => expect.poll(() => received.isComplete).toBe(true),
  };
}

test("what is in force comes first, and what is revoked then comes within 2 s, through every replica", async () => {
  const [old, fresh] = [await signIn("mapper-1"), await signIn("mapper-2")];
  await system.client.revokeSession({ requestId: randomUUID(), sessionId: old.sessionId }, old.who);
  const other = await system.start();
  const connection = connect(other.auth.address);
  const streams = [watching(), watching(createClient(RevocationService, connection))];
  for (const it of streams) await it.isComplete();
  expect(streams.map(({ received }) => received.before.includes(old.sessionId))).toEqual([true, true]);
  await system.client.revokeSession({ requestId: randomUUID(), sessionId: fresh.sessionId }, fresh.who);
  for (const { received } of streams) await expect.poll(() => received.after).toContain(fresh.sessionId);
  expect(streams[0]?.received.after.filter((it) => it === fresh.sessionId)).toHaveLength(1);
  for (const it of streams) await it.leave();
  connection.close();
  await other.stop();
});

test("signing out everywhere and blocks are published for the person", async () => {
  const { who } = await signIn("mapper-3");
  const { user } = await system.client.getCurrentUser({}, who);
  const userId = user?.userId as bigint;
  const stream = watching();
  await stream.isComplete();
  await system.client.revokeSessions({ requestId: randomUUID() }, who);
  await expect.poll(() => stream.received.after).toContain(`user ${userId} below 1`);
  const anew = await signIn("mapper-3");
  const block = { requestId: randomUUID(), userId, reason: "vandalism" };
  await system.clientOf(UserService).blockUser(block, await system.signIn("administrator"));
  expect(await refusalOf(system.client.getCurrentUser({}, anew.who))).toMatchObject({
    reason: "USER_BLOCKED",
  });
  const isReceived = () =>
    stream.received.after.some((it) => it.startsWith(`user ${userId} `) && it.endsWith(", blocked"));
  await expect.poll(isReceived).toBe(true);
  await stream.leave();
});

test("a revocation whose transaction commits late is published too", async () => {
  const { sessionId } = await signIn("mapper-4");
  const later = await signIn("mapper-5");
  const stream = watching();
  await stream.isComplete();
  const { sql } = system.database;
  await sql.begin(async (tx) => {
    await markSessionRevoked(tx, sessionId);
    await system.client.revokeSession({ requestId: randomUUID(), sessionId: later.sessionId }, later.who);
    await expect.poll(() => stream.received.after).toContain(later.sessionId);
    expect(stream.received.after).not.toContain(sessionId);
  });
  await expect.poll(() => stream.received.after).toContain(sessionId);
  await stream.leave();
});

test("a thousand and more in force are all published, by the page", async () => {
  const { sql } = system.database;
  await sql`
    insert into revocations (subject, session_id, forget_time, change_time)
    select 'session:' || id, id, clock_timestamp() + interval '1 hour', clock_timestamp() - interval '1 hour'
    from (select gen_random_uuid() as id from generate_series(1, 2500)) as made`;
  await sql`
    insert into revocations (subject, user_id, forget_time, change_time)
    values ('user:987654', 987654, clock_timestamp() - interval '1 second', clock_timestamp() - interval '2 hours')`;
  const stream = watching();
  await stream.isComplete();
  expect(new Set(stream.received.before).size).toBeGreaterThanOrEqual(2_500);
  expect(stream.received.before.filter((it) => it.startsWith("user 987654"))).toEqual([]);
  await stream.leave();
});

/** A token of a service with this lifetime. */
async function tokenFor(lifetimeMs: number) {
  const keys = await testKeys(system);
  const { sessionId, who } = await signIn("mapper-6");
  const { user } = await system.client.getCurrentUser({}, who);
  const userId = user?.userId as bigint;
  const issueTime = new Date();
  const expireTime = new Date(Math.ceil((issueTime.getTime() + lifetimeMs) / 1000) * 1000);
  const content = { sessionId, userId, tokenVersion: 0, clientId: "task", scopes: ["services"], issueTime };
  const token = await sessionToken({ ...content, expireTime }, keys, system.config.TOKEN_ISSUER);
  keys.stop();
  return { who: { headers: { authorization: `Bearer ${token}` } }, expireTime };
}

test("a stream ends with the token that opened it", async () => {
  // A busy machine opens a stream late: until one is complete before its token ends, the next lives twice as long.
  for (let lifetimeMs = 1_000; lifetimeMs <= 64_000; lifetimeMs *= 2) {
    const { who, expireTime } = await tokenFor(lifetimeMs);
    const { received, ended } = watching(undefined, who);
    await ended;
    if (!received.isComplete) continue;
    expect(received.hasEnded).toBe(true);
    expect(Date.now()).toBeGreaterThanOrEqual(expireTime.getTime());
    return;
  }
  throw new Error("no stream was complete before its token ended");
});

test("nobody but services watches", async () => {
  const { who } = await signIn("administrator");
  const first = async () => {
    for await (const _ of system.clientOf(RevocationService).watchRevocations({}, who)) break;
  };
  expect(await refusalOf(first())).toMatchObject({ reason: "SCOPE_MISSING" });
});
