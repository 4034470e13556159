import { Code } from "@connectrpc/connect";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { leftWaiting } from "@tessera/testing/ground/left-waiting.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestSystem, testSystem } from "../testing/system.ts";
import { type TeamGround, teamGround } from "../testing/teams.ts";

const REQUEST_ID = "left";
let system: TestSystem;
let ground: TeamGround;

beforeAll(async () => {
  system = await testSystem();
  ground = await teamGround(system);
});

afterAll(() => system.stop());

type Hold = (tx: TransactionSql) => PromiseLike<unknown>;
type Call = { headers: { authorization: string }; signal: AbortSignal };

const people: Hold = (tx) => tx`select from users for update`;
const organisations: Hold = (tx) => tx`select from organisations for update`;
const sessions: Hold = (tx) => tx`select from sessions for update`;

const COMMANDS: [string, Hold, (call: Call) => Promise<unknown>][] = [
  [
    "UpdateOrganisation",
    organisations,
    (call) => {
      const organisation = { organisationId: ground.organisationId, name: "Other" };
      const request = { requestId: REQUEST_ID, organisation, updateMask: { paths: ["name"] } };
      return ground.organisations.updateOrganisation({ ...request, expectedRevision: 1n }, call);
    },
  ],
  [
    "CreateTeam",
    organisations,
    (call) => {
      const team = { organisationId: ground.organisationId, name: "Team" };
      return ground.teams.createTeam({ requestId: REQUEST_ID, team }, call);
    },
  ],
  [
    "BlockUser",
    people,
    (call) =>
      system.clientOf(UserService).blockUser({ requestId: REQUEST_ID, userId: 3n, reason: "No." }, call),
  ],
  [
    "RevokeSession",
    sessions,
    async (call) => {
      const { sessions: own } = await system.client.listSessions({}, call);
      const sessionId = own[0]?.sessionId ?? "";
      return system.client.revokeSession({ requestId: REQUEST_ID, sessionId }, call);
    },
  ],
];

test.each(COMMANDS)("%s writes nothing for who leaves while it waits for a row", async (_, hold, send) => {
  const { sql } = system.database;
  const before = await stored();
  const outcome = await leftWaiting(sql, {
    hold,
    call: (signal) => send({ ...ground.admin, signal }),
    // Comes after the cancellation, on the same connection.
    noticed: () => system.client.getCurrentUser({}, ground.admin),
  });
  expect(outcome).toMatchObject({ code: Code.Canceled });
  expect(await stored()).toEqual(before);
});

async function stored() {
  const { sql } = system.database;
  return {
    remembered: await sql`select from remembered_requests where request_id = ${REQUEST_ID}`,
    organisations: await sql`select name, revision from organisations order by organisation_id`,
    teams: await sql`select count(*) as count from teams`,
    blocked: await sql`select from users where blocked`,
    ended: await sql`select from sessions where end_time is not null`,
    events: await sql`select count(*) as count from events`,
  };
}
