import { randomUUID } from "node:crypto";
import type { Client } from "@connectrpc/connect";
import { MappingLevel, SystemRole, type User, UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

type Who = { headers: { authorization: string } };

let system: TestSystem;
let users: Client<typeof UserService>;
let admin: Who;
let adminId: bigint;

beforeAll(async () => {
  system = await testSystem();
  users = system.clientOf(UserService);
  ({ who: admin, userId: adminId } = await person("administrator"));
});

afterAll(() => system.stop());

const requestId = () => randomUUID();

async function person(name: string): Promise<{ who: Who; userId: bigint }> {
  const who = await system.signIn(name);
  const { user } = await system.client.getCurrentUser({}, who);
  return { who, userId: user?.userId ?? 0n };
}

const revisionOf = async (userId: bigint) => (await users.getUser({ userId }, admin)).user?.revision ?? 0n;

const eventsOf = (userId: bigint) =>
  system.database.sql<{ kind: number; actor: bigint; details: object }[]>`
    select kind, actor, details from events where user_id = ${userId} and kind between 10 and 39
    order by commit_time`;

test("a user shows a name, a role, a level, languages and a description, and no more", async () => {
  const { who, userId } = await person("mapper-1");
  const request = {
    requestId: requestId(),
    user: { userId, languages: ["PT-br", "en"], description: "I map\nbridges." },
    updateMask: { paths: ["languages", "description"] },
    expectedRevision: 1n,
  };
  const { acknowledgement } = await users.updateUser(request, who);
  expect(acknowledgement).toMatchObject({ name: `users/${userId}`, revision: 2n, replayed: false });
  const { user } = await users.getUser({ userId }, admin);
  expect(user).toMatchObject({
    userId,
    name: "mapper-1",
    kind: UserKind.PERSON,
    systemRole: SystemRole.MAPPER,
    mappingLevel: MappingLevel.BEGINNER,
    languages: ["pt-BR", "en"],
    description: "I map\nbridges.",
    blocked: false,
    revision: 2n,
  });
  expect(await users.updateUser(request, who)).toEqual({
    ...(await users.updateUser(request, who)),
    acknowledgement: { ...acknowledgement, replayed: true },
  });
  const { blocked: _, ...forOthers } = user as User;
  expect((await system.client.getCurrentUser({}, who)).user).toEqual(forOthers);
});

test("what is no language tag is refused by its path, and so is one that is named twice", async () => {
  const { who, userId } = await person("mapper-2");
  const update = (languages: string[]) =>
    refusalOf(
      users.updateUser(
        {
          requestId: requestId(),
          user: { userId, languages },
          updateMask: { paths: ["languages"] },
          expectedRevision: 1n,
        },
        who,
      ),
    );
  expect((await update(["en", "e"])).reason).toBe("FIELD_INVALID");
  expect((await update(["en", "toolongforalanguage"])).reason).toBe("FIELD_INVALID");
  expect((await update(["en", "EN"])).reason).toBe("FIELD_INVALID");
  expect(await revisionOf(userId)).toBe(1n);
});

test("many users come in the order of the request, and those who are not there are listed", async () => {
  const one = await person("mapper-3");
  const other = await person("mapper-4");
  const userIds = [other.userId, 999_999n, one.userId];
  const { users: found, missingUserIds } = await users.batchGetUsers({ userIds }, one.who);
  expect(found.map(({ userId }) => userId)).toEqual([other.userId, one.userId]);
  expect(missingUserIds).toEqual([999_999n]);
});

test("names are found by how they begin and by how they are written, the best first", async () => {
  const { who } = await person("mapper-5");
  await system.database.sql`
    insert into users (identity_provider, subject, name, system_role, mapping_level)
    values ('test', 'a', 'Zoë Nightingale', 1, 1), ('test', 'b', 'zoe nightingale', 1, 2), ('test', 'c', 'Nightingale', 1, 1),
      ('test', 'd', 'Nightingall', 1, 1), ('test', 'e', '100%_sure', 1, 1), ('test', 'f', '100 x', 1, 1)`;
  const names = async (name: string) =>
    (await users.listUsers({ query: name }, who)).users.map((user) => user.name);
  expect(await names("nightin")).toEqual(expect.arrayContaining(["Nightingale", "Nightingall"]));
  expect((await names("nightingale")).slice(0, 1)).toEqual(["Nightingale"]);
  expect(await names("nightingale")).toContain("zoe nightingale");
  expect((await names("ZOË"))[0]).toBe("Zoë Nightingale");
  expect(await names("100%_")).not.toContain("mapper-5");
  expect((await names("100%_"))[0]).toBe("100%_sure");
  expect(await names("nobody at all")).toEqual([]);
  const { users: advanced } = await users.listUsers(
    { query: "zoe", mappingLevel: MappingLevel.INTERMEDIATE },
    who,
  );
  expect(advanced.map((user) => user.name)).toEqual(["zoe nightingale"]);
});

test("service accounts are listed only when they are asked for", async () => {
  const { who } = await person("mapper-5");
  await system.database.sql`
    insert into users (identity_provider, subject, name, system_role, mapping_level, kind)
    values ('test', 'service', 'splitting-service', 1, 1, ${UserKind.SERVICE})`;
  const listed = async (request: object) => (await users.listUsers(request, who)).users;
  for (const name of ["", "splitting"]) {
    expect((await listed({ name })).filter(({ kind }) => kind !== UserKind.PERSON)).toEqual([]);
    const services = await listed({ name, kind: UserKind.SERVICE });
    expect(services.map((it) => it.name)).toContain("splitting-service");
    expect(services.every(({ kind }) => kind === UserKind.SERVICE)).toBe(true);
  }
});

test("pages of a list hold everybody once, also if users are added meanwhile", async () => {
  const { who } = await person("mapper-6");
  await system.database.sql`
    insert into users (identity_provider, subject, name, system_role, mapping_level)
    select 'paged', n, 'paged-' || n, 1, 1 from generate_series(1, 25) n`;
  for (const name of ["", "paged"]) {
    const seen: bigint[] = [];
    let pageToken = "";
    let late = 0;
    do {
      const page = await users.listUsers({ query: name, pageSize: 7, pageToken }, who);
      seen.push(...page.users.map(({ userId }) => userId));
      pageToken = page.nextPageToken;
      await system.database.sql`
        insert into users (identity_provider, subject, name, system_role, mapping_level)
        values ('late', ${`${name}/${++late}`}, ${`paged-late-${late}`}, 1, 1)`;
    } while (pageToken !== "");
    expect(new Set(seen).size).toBe(seen.length);
    const there = await system.database.sql<{ user_id: bigint }[]>`
      select user_id from users where identity_provider = 'paged'`;
    expect(there.every(({ user_id }) => seen.includes(user_id))).toBe(true);
  }
});

test("a page token of another list, and one that is made up, are refused", async () => {
  const { who } = await person("mapper-6");
  const { nextPageToken } = await users.listUsers({ pageSize: 1 }, who);
  for (const request of [
    { pageToken: nextPageToken, query: "x" },
    { pageToken: "abc" },
    { pageToken: Buffer.from("........1/x").toString("base64url") },
  ])
    expect((await refusalOf(users.listUsers(request, who))).reason).toBe("PAGE_TOKEN_INVALID");
});

test("a blocked person is refused at once, and let in again with the same token", async () => {
  const { who, userId } = await person("mapper-7");
  const reason = "Drew on the map.";
  const blocked = await users.blockUser({ requestId: requestId(), userId, reason }, admin);
  expect(blocked.acknowledgement).toMatchObject({ name: `users/${userId}/block`, revision: 2n });
  expect((await refusalOf(system.client.getCurrentUser({}, who))).reason).toBe("USER_BLOCKED");
  expect((await refusalOf(system.signIn("mapper-7"))).reason).toBe("USER_BLOCKED");
  expect((await users.getBlock({ userId }, admin)).block).toMatchObject({
    userId,
    reason,
    actorUserId: adminId,
    revision: 2n,
  });
  const found = await users.listUsers({ blocked: true }, admin);
  expect(found.users.map((user) => [user.userId, user.blocked])).toContainEqual([userId, true]);
  const { who: other } = await person("mapper-8");
  expect((await users.getUser({ userId }, other)).user?.blocked).toBeUndefined();
  expect((await users.getUser({ userId }, admin)).user?.blocked).toBe(true);

  const [mark] = await system.database.sql<{ blocked: boolean; token_version: number }[]>`
    select blocked, token_version from revocations where user_id = ${userId}`;
  expect(mark).toMatchObject({ blocked: true, token_version: 0 });
  await users.unblockUser({ requestId: requestId(), userId }, admin);
  expect((await system.client.getCurrentUser({}, who)).user?.userId).toBe(userId);
  expect((await refusalOf(users.getBlock({ userId }, who))).reason).toBe("BLOCK_NOT_FOUND");
  expect(await eventsOf(userId)).toEqual([
    { kind: 13, actor: adminId, details: { reason } },
    { kind: 14, actor: adminId, details: {} },
  ]);
});

test("a refused command leaves no trace", async () => {
  const { who, userId } = await person("mapper-9");
  const before = await system.database.sql`select count(*) from events`;
  const request = { requestId: requestId(), userId: adminId, reason: "x" };
  expect((await refusalOf(users.blockUser(request, who))).reason).toBe("NOT_ADMINISTRATOR");
  expect((await refusalOf(users.deleteUser({ requestId: requestId(), userId: adminId }, who))).reason).toBe(
    "NOT_ADMINISTRATOR",
  );
  expect(await system.database.sql`select count(*) from events`).toEqual(before);
  expect(await revisionOf(userId)).toBe(1n);
});

test("a level set by hand is made to the revision that the administrator saw", async () => {
  const { userId } = await person("mapper-10");
  const set = (expectedRevision: bigint) =>
    users.setMappingLevel(
      { requestId: requestId(), userId, mappingLevel: MappingLevel.ADVANCED, expectedRevision },
      admin,
    );
  const answers = await Promise.allSettled([set(1n), set(1n), set(1n)]);
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await refusalOf(set(1n))).reason).toBe("USER_CHANGED");
  expect(await eventsOf(userId)).toEqual([
    { kind: 11, actor: adminId, details: { from: "BEGINNER", to: "ADVANCED" } },
  ]);
});

test("a service account is not deleted as a person is, and keeps its keys", async () => {
  const { sql } = system.database;
  const [row] = await sql<{ user_id: bigint }[]>`
    insert into users (identity_provider, subject, name, system_role, mapping_level, kind)
    values ('test', 'splitter', 'splitter', 1, 1, 2) returning user_id`;
  const userId = row?.user_id ?? 0n;
  await sql`
    insert into service_accounts (user_id, client_id, scopes, create_time, update_time)
    values (${userId}, 'splitter', '{}', now(), now())`;
  await sql`
    insert into service_account_keys (user_id, kid, public_jwk, create_time) values (${userId}, 'k', '{}', now())`;
  const refusal = await refusalOf(users.deleteUser({ requestId: requestId(), userId }, admin));
  expect(refusal.reason).toBe("USER_NOT_FOUND");
  expect(await sql`select from service_account_keys where user_id = ${userId}`).toHaveLength(1);
});

test("of a deleted person nothing is left but the number, and each service confirms", async () => {
  const { who, userId } = await person("mapper-20");
  await users.updateUser(
    {
      requestId: requestId(),
      user: { userId, description: "A secret canary", languages: ["de"] },
      updateMask: { paths: ["description", "languages"] },
      expectedRevision: 1n,
    },
    who,
  );
  const { acknowledgement } = await users.deleteUser({ requestId: requestId(), userId }, who);
  expect(acknowledgement).toMatchObject({ name: `users/${userId}/deletion`, revision: 1n });
  const [row] = await system.database
    .sql`select to_jsonb(u)::text as text from users u where user_id = ${userId}`;
  for (const trace of ["canary", "mapper-20", "development", '"de"']) expect(row?.text).not.toContain(trace);
  expect((await refusalOf(system.client.getCurrentUser({}, who))).reason).toMatch(/TOKEN_(REVOKED|INVALID)/);
  expect((await refusalOf(users.getUser({ userId }, admin))).reason).toBe("USER_NOT_FOUND");
  expect((await users.batchGetUsers({ userIds: [userId] }, admin)).missingUserIds).toEqual([userId]);
  expect((await refusalOf(users.unblockUser({ requestId: requestId(), userId }, admin))).reason).toBe(
    "USER_NOT_FOUND",
  );
  const again = await person("mapper-20");
  expect(again.userId).not.toBe(userId);

  const service = await system.signInService("mapper-21");
  const pending = async (name: string) =>
    (await users.listDeletions({ service: name }, service)).deletions.map((it) => it.userId);
  expect(await pending("task")).toContain(userId);
  const confirm = { requestId: requestId(), userId, service: "task" };
  const confirmed = await users.confirmDeletion(confirm, service);
  expect(confirmed.acknowledgement).toMatchObject({ revision: 2n, replayed: false });
  expect((await users.confirmDeletion(confirm, service)).acknowledgement?.replayed).toBe(true);
  const twice = await users.confirmDeletion({ ...confirm, requestId: requestId() }, service);
  expect(twice.acknowledgement).toMatchObject({ revision: 2n, replayed: false });
  expect(await pending("task")).not.toContain(userId);
  expect(await pending("project")).toContain(userId);
  const { deletion } = await users.getDeletion({ userId }, admin);
  expect(deletion).toMatchObject({ userId, actorUserId: userId, pendingServices: ["project"], revision: 2n });
  expect(deletion?.confirmations.map((it) => it.service)).toEqual(["task"]);
  const kinds = (await eventsOf(userId)).map(({ kind }) => kind);
  expect(kinds).toEqual([17, 15, 16]);
});
