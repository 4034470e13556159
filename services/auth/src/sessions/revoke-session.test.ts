import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const signIn = async (name: string) => {
  const answer = await system.client.createSession({ requestId: randomUUID(), name });
  const sessionId = answer.acknowledgement?.name.replace("sessions/", "") as string;
  return { ...answer, sessionId, who: { headers: { authorization: `Bearer ${answer.accessToken}` } } };
};
const end = (sessionId: string, who: { headers: { authorization: string } }, requestId = randomUUID()) =>
  system.client.revokeSession({ requestId, sessionId }, who);
const endAll = (who: { headers: { authorization: string } }, userId?: bigint) =>
  system.client.revokeSessions({ requestId: randomUUID(), ...(userId && { userId }) }, who);

test("a revoked session is refused at once, on every replica, and the others continue", async () => {
  const [here, there] = [await signIn("mapper-1"), await signIn("mapper-1")];
  const other = await system.start();
  await other.client.getCurrentUser({}, here.who);
  const { acknowledgement } = await end(here.sessionId, there.who);
  expect(acknowledgement).toMatchObject({ name: `sessions/${here.sessionId}`, revision: 2n });
  for (const { client } of [system, other]) {
    expect(await refusalOf(client.getCurrentUser({}, here.who))).toMatchObject({ reason: "TOKEN_REVOKED" });
    const refreshing = client.refreshSession({ requestId: randomUUID(), refreshToken: here.refreshToken });
    expect(await refusalOf(refreshing)).toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
    await client.getCurrentUser({}, there.who);
  }
  await other.stop();
  const { session } = await system.client.getSession({ sessionId: here.sessionId }, there.who);
  expect(session).toMatchObject({ revision: 2n, revokeTime: expect.anything() });
  const again = await end(here.sessionId, there.who);
  expect(again.acknowledgement?.revision).toBe(2n);
});

test("signing out everywhere revokes every session of the person, and a new sign-in works", async () => {
  const mine = await Promise.all([signIn("mapper-2"), signIn("mapper-2"), signIn("mapper-2")]);
  const others = await signIn("mapper-3");
  const answer = await endAll((mine[0] as (typeof mine)[number]).who);
  expect(answer.revokedSessionCount).toBe(3);
  for (const { who, refreshToken } of mine) {
    expect(await refusalOf(system.client.getCurrentUser({}, who))).toMatchObject({ reason: "TOKEN_REVOKED" });
    const refreshing = system.client.refreshSession({ requestId: randomUUID(), refreshToken });
    expect(await refusalOf(refreshing)).toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
  }
  await system.client.getCurrentUser({}, others.who);
  const anew = await signIn("mapper-2");
  await system.client.getCurrentUser({}, anew.who);
  const { sessions } = await system.client.listSessions({}, anew.who);
  expect(sessions.map((it) => it.sessionId)).toEqual([anew.sessionId]);
});

test("an administrator revokes another's sessions, and a person does not", async () => {
  const victim = await signIn("mapper-4");
  const { user } = await system.client.getCurrentUser({}, victim.who);
  const userId = user?.userId as bigint;
  const stranger = await signIn("mapper-5");
  expect(await refusalOf(end(victim.sessionId, stranger.who))).toMatchObject({ reason: "SESSION_NOT_FOUND" });
  expect(await refusalOf(endAll(stranger.who, userId))).toMatchObject({ reason: "NOT_ADMINISTRATOR" });
  const listing = system.client.listSessions({ userId }, stranger.who);
  expect(await refusalOf(listing)).toMatchObject({ reason: "NOT_ADMINISTRATOR" });
  await system.client.getCurrentUser({}, victim.who);
  const { who: admin } = await signIn("administrator");
  expect((await system.client.listSessions({ userId }, admin)).sessions).toHaveLength(1);
  expect(await refusalOf(endAll(admin, 999_999n))).toMatchObject({ reason: "USER_NOT_FOUND" });
  await endAll(admin, userId);
  expect(await refusalOf(system.client.getCurrentUser({}, victim.who))).toMatchObject({
    reason: "TOKEN_REVOKED",
  });
});

test("sessions are listed by the page, each once, the newest first", async () => {
  const made: string[] = [];
  for (let index = 0; index < 5; index++) made.unshift((await signIn("mapper-6")).sessionId);
  const { who } = await signIn("mapper-6");
  const listed: string[] = [];
  let pageToken = "";
  do {
    const page = await system.client.listSessions({ pageSize: 2, pageToken }, who);
    listed.push(...page.sessions.map((it) => it.sessionId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(listed.slice(1)).toEqual(made);
  const forged = system.client.listSessions({ pageToken: "abc" }, who);
  expect(await refusalOf(forged)).toMatchObject({ reason: "PAGE_TOKEN_INVALID" });
});

test("a session that is revoked twenty times at once is revoked once", async () => {
  const { sessionId, who } = await signIn("mapper-7");
  const other = await signIn("mapper-7");
  await Promise.all(Array.from({ length: 20 }, () => end(sessionId, other.who)));
  const { sql } = system.database;
  const events = await sql`select from events where kind = 41 and details->>'session_id' = ${sessionId}`;
  expect(events).toHaveLength(1);
  expect(await refusalOf(system.client.getCurrentUser({}, who))).toMatchObject({ reason: "TOKEN_REVOKED" });
});

test("refreshing and signing out everywhere at once do not wait for each other, and nothing good is left", async () => {
  for (let round = 0; round < 10; round++) {
    const signed = await Promise.all(Array.from({ length: 4 }, () => signIn(`mapper-${100 + round}`)));
    const { who } = signed[0] as (typeof signed)[number];
    const refreshes = signed.map(({ refreshToken }) =>
      system.client.refreshSession({ requestId: randomUUID(), refreshToken }).then(
        ({ accessToken }) => accessToken,
        () => undefined,
      ),
    );
    const [, ...tokens] = await Promise.all([endAll(who), ...refreshes]);
    for (const token of tokens.filter((it) => it !== undefined)) {
      const call = system.client.getCurrentUser({}, { headers: { authorization: `Bearer ${token}` } });
      expect(await refusalOf(call)).toMatchObject({ reason: "TOKEN_REVOKED" });
    }
  }
  // PostgreSQL reports its counters a second later.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const { sql } = system.database;
  const [row] = await sql`select deadlocks from pg_stat_database where datname = current_database()`;
  expect(row?.deadlocks).toBe(0n);
});
