import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { expect, test } from "vitest";
import { administratorsSetting } from "./administrators-setting.ts";
import { stampEvents, walkChain } from "./events/event-chain-store.ts";
import { testBrowser } from "./oauth/testing/browser.ts";
import { codeForm, type SignInSystem, signInSystem } from "./oauth/testing/sign-in.ts";

const GRANT = fileURLToPath(new URL("./grant-administrator.ts", import.meta.url));

/** An empty database, and a service without development sign-in. */
async function deployed(administrators = "") {
  const it = await signInSystem({
    DEVELOPMENT_SIGN_IN: false,
    ADMINISTRATORS: administratorsSetting.parse(administrators),
  });
  return { it, [Symbol.asyncDispose]: () => it.stop() };
}

/** Signs in as the user of OpenStreetMap with this number. */
async function signIn(it: SignInSystem, id: number) {
  it.osm.user = { id, display_name: `mapper ${id}` };
  const answer = await it.post(
    "/oauth2/token",
    codeForm(await it.signIn(testBrowser(), { scope: "account administration" })),
  );
  expect(answer.status).toBe(200);
  const who = { headers: { authorization: `Bearer ${answer.json.access_token}` } };
  const { user } = await it.system.client.getCurrentUser({}, who);
  return { who, user: user as NonNullable<typeof user> };
}

async function grant(it: SignInSystem, ...words: string[]) {
  const env = { ...process.env, DATABASE_URL: it.system.database.url };
  const run = promisify(execFile)(process.execPath, [GRANT, ...words], { env });
  return run.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr }),
  );
}

async function rolesSet(it: SignInSystem) {
  const { sql } = it.system.database;
  while ((await stampEvents(sql)) > 0);
  expect((await walkChain(sql)).break).toBeUndefined();
  const rows = await sql`
    select actor, user_id as "userId", details from events
    where kind = ${AuthEventKind.ROLE_SET} and hash is not null order by position`;
  return [...rows];
}

test("a person whom ADMINISTRATORS names administers from sign-in on, and nobody else does", async () => {
  await using system = await deployed("openstreetmap:4711, openstreetmap:4712");
  const { it } = system;
  const { who, user } = await signIn(it, 4711);
  expect(user.systemRole).toBe(SystemRole.ADMINISTRATOR);
  const { user: other } = await signIn(it, 47);
  expect(other.systemRole).toBe(SystemRole.MAPPER);
  const { userId, revision: expectedRevision } = other;
  const change = { requestId: randomUUID(), userId, systemRole: SystemRole.ADMINISTRATOR, expectedRevision };
  await it.system.clientOf(UserService).setSystemRole(change, who);
  const again = await signIn(it, 4711);
  expect(again.user.revision).toBe(user.revision);
  expect(await rolesSet(it)).toEqual([
    {
      actor: 0n,
      userId: user.userId,
      details: { from: "MAPPER", to: "ADMINISTRATOR", by: "ADMINISTRATORS" },
    },
    { actor: user.userId, userId, details: { from: "MAPPER", to: "ADMINISTRATOR" } },
  ]);
});

test("a person who is there already becomes an administrator by the setting; one who is blocked does not", async () => {
  await using system = await deployed("openstreetmap:1,openstreetmap:2");
  const { it } = system;
  const { sql } = it.system.database;
  await sql`
    insert into users (identity_provider, subject, name, system_role, mapping_level, blocked)
    values ('openstreetmap', '1', 'old', ${SystemRole.MAPPER}, 1, false),
      ('openstreetmap', '2', 'blocked', ${SystemRole.MAPPER}, 1, true)`;
  expect((await signIn(it, 1)).user.systemRole).toBe(SystemRole.ADMINISTRATOR);
  it.osm.user = { id: 2, display_name: "blocked" };
  expect((await it.signIn()).back.location?.searchParams.get("error")).toBe("access_denied");
  expect((await rolesSet(it)).map(({ details }) => details)).toEqual([
    { from: "MAPPER", to: "ADMINISTRATOR", by: "ADMINISTRATORS" },
  ]);
});

test("grant-administrator makes administrators, of people who never signed in too, once", async () => {
  await using system = await deployed();
  const { it } = system;
  const { who, user } = await signIn(it, 10);
  expect(user.systemRole).toBe(SystemRole.MAPPER);
  const granted = await grant(it, "openstreetmap", "10");
  expect(granted).toEqual({
    code: 0,
    said: `auth: user ${user.userId} (openstreetmap:10) is an administrator now\n`,
  });
  const now = (await it.system.client.getCurrentUser({}, who)).user;
  expect(now).toMatchObject({ systemRole: SystemRole.ADMINISTRATOR, revision: user.revision + 1n });
  expect((await grant(it, "openstreetmap", "10")).said).toContain("is an administrator already");

  expect((await grant(it, "openstreetmap", "11")).said).toContain("nobody has signed in as this person yet");
  const arrived = (await signIn(it, 11)).user;
  expect(arrived).toMatchObject({ systemRole: SystemRole.ADMINISTRATOR, name: "mapper 11" });
  const details = { from: "MAPPER", to: "ADMINISTRATOR", by: "grant-administrator" };
  expect(await rolesSet(it)).toEqual([
    { actor: 0n, userId: user.userId, details },
    { actor: 0n, userId: arrived.userId, details },
  ]);
});

test.each([
  [[]],
  [["openstreetmap"]],
  [["development", "administrator"]],
  [["openstreetmap", "a b"]],
  [["osm", "1", "2"]],
])("grant-administrator says how it is used: %j", async (words) => {
  const { code, stderr } = await promisify(execFile)(process.execPath, [GRANT, ...words]).catch(
    (error) => error,
  );
  expect(code).toBe(2);
  expect(stderr).toContain("usage:");
});

test("the setting is read, or its fault is reported", () => {
  expect(administratorsSetting.parse("")).toEqual([]);
  expect(administratorsSetting.parse("oidc:a:b|c, oidc:2")).toEqual([
    { provider: "oidc", subject: "a:b|c" },
    { provider: "oidc", subject: "2" },
  ]);
  for (const wrong of ["4711", "openstreetmap:", ":1", "development:administrator", "osm:1 2"])
    expect(administratorsSetting.safeParse(wrong).error?.issues[0]?.message).toContain(
      "must be provider:subject",
    );
});
