import { randomUUID } from "node:crypto";
import { SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { expect, test } from "vitest";
import { refusalOf, testSystem } from "../testing/system.ts";

const requestId = () => randomUUID();

test("of administrators who all resign at once, all but one may", async () => {
  const { all, people, sql, stop } = await administrators(6);
  try {
    for (let round = 0; round < 8; round++) {
      await sql`update users set system_role = 2, revision = 1 where name like 'mapper-%'`;
      const resign = { systemRole: SystemRole.MAPPER, expectedRevision: 1n };
      const calls = all.map(({ who, userId }) =>
        people.setSystemRole({ requestId: requestId(), userId, ...resign }, who).then(
          () => "OK",
          async (error) => (await refusalOf(Promise.reject(error))).reason,
        ),
      );
      const answers = (await Promise.all(calls)).sort();
      expect(answers).toEqual(["LAST_ADMINISTRATOR", "OK", "OK", "OK", "OK", "OK"]);
      const left = await sql`select from users where system_role = 2 and not blocked and not deleted`;
      expect(left).toHaveLength(1);
    }
  } finally {
    await stop();
  }
});

test("administrators who block, demote and delete each other at once never leave nobody", async () => {
  const { all, people, sql, stop } = await administrators(6);
  try {
    const calls = all.flatMap(({ who, userId }, index) => {
      const next = all[(index + 1) % all.length]?.userId ?? 0n;
      const demotion = { userId: next, systemRole: SystemRole.MAPPER, expectedRevision: 1n };
      return [
        people.setSystemRole({ requestId: requestId(), ...demotion }, who),
        people.blockUser({ requestId: requestId(), userId: next, reason: "No." }, who),
        people.deleteUser({ requestId: requestId(), userId }, who),
      ];
    });
    const answers = await Promise.allSettled(calls);
    expect(answers.some(({ status }) => status === "fulfilled")).toBe(true);
    const left = await sql`select from users where system_role = 2 and not blocked and not deleted`;
    expect(left.length).toBeGreaterThan(0);
  } finally {
    await stop();
  }
});

/** A deployment of its own with a number of administrators. */
async function administrators(count: number) {
  const own = await testSystem();
  const people = own.clientOf(UserService);
  const { sql } = own.database;
  const all = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const who = await own.signIn(`mapper-${index + 1}`);
      const { user } = await own.client.getCurrentUser({}, who);
      return { who, userId: user?.userId ?? 0n };
    }),
  );
  await sql`update users set system_role = 2 where name like 'mapper-%'`;
  return { all, people, sql, stop: own.stop };
}

test("of services that confirm at once, each is counted once", async () => {
  const system = await testSystem();
  const users = system.clientOf(UserService);
  const admin = await system.signIn("administrator");
  const who = await system.signIn("mapper-1");
  const userId = (await system.client.getCurrentUser({}, who)).user?.userId ?? 0n;
  await users.deleteUser({ requestId: requestId(), userId }, admin);
  const service = await system.signInService("mapper-2");
  const calls = Array.from({ length: 10 }, (_, index) =>
    users.confirmDeletion(
      { requestId: requestId(), userId, service: index % 2 === 0 ? "task" : "project" },
      service,
    ),
  );
  await Promise.all(calls);
  const { deletion } = await users.getDeletion({ userId }, admin);
  expect(deletion).toMatchObject({ pendingServices: [], revision: 3n });
  const rows = await system.database.sql`select from events where user_id = ${userId} and kind = 16`;
  expect(rows).toHaveLength(2);
  await system.stop();
});
