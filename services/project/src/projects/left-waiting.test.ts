import { Code } from "@connectrpc/connect";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { leftWaiting } from "@tessera/testing/ground/left-waiting.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { square, type TestSystem, testSystem } from "../testing/system.ts";

const REQUEST_ID = "left";
let system: TestSystem;
let projectId: number;

beforeAll(async () => {
  system = await testSystem();
  projectId = await system.project(ProjectStatus.DRAFT);
});

afterAll(() => system.stop());

type Hold = (tx: TransactionSql) => PromiseLike<unknown>;
type Call = { headers: { authorization: string }; signal: AbortSignal };

/** The row that the command changes. */
const row: Hold = (tx) => tx`select from projects where project_id = ${projectId} for update`;
/** The same request, of which another transaction has not yet said whether it took effect. */
const twin: Hold = (tx) => tx`
  insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
  values (0, '1', ${REQUEST_ID}, '', '', 0, now(), '')`;
const changing = () => ({ requestId: REQUEST_ID, projectId, expectedRevision: 1n });
const named = { name: "Palín" };

const COMMANDS: [string, Hold, (call: Call) => Promise<unknown>][] = [
  [
    "UpdateProject",
    row,
    (call) => {
      const request = { ...changing(), project: { ...named, projectId }, updateMask: { paths: ["name"] } };
      return system.client.updateProject(request, call);
    },
  ],
  ["SetArea", row, (call) => system.areas.setArea({ ...changing(), area: square(0.2) }, call)],
  [
    "TransferProject",
    row,
    (call) => system.client.transferProject({ ...changing(), withoutOrganisation: true }, call),
  ],
  ["DeleteProject", row, (call) => system.client.deleteProject({ requestId: REQUEST_ID, projectId }, call)],
  [
    "CreateProject",
    twin,
    (call) =>
      system.client.createProject({ requestId: REQUEST_ID, project: { ...named, area: square() } }, call),
  ],
  [
    "CreateLicence",
    twin,
    (call) =>
      system.licences.createLicence(
        { requestId: REQUEST_ID, licence: { ...named, description: "x", plainText: "x" } },
        call,
      ),
  ],
];

test.each(COMMANDS)("%s writes nothing for who leaves while it waits for a row", async (_, hold, send) => {
  const before = await stored();
  const outcome = await leftWaiting(system.database.sql, {
    hold,
    call: (signal) => send({ ...system.as("administrator"), signal }),
    // Comes after the cancellation, on the same connection.
    noticed: () => system.client.getProject({ projectId }, system.as("administrator")),
  });
  expect(outcome).toMatchObject({ code: Code.Canceled });
  expect(await stored()).toEqual(before);
});

async function stored() {
  const { sql } = system.database;
  return {
    remembered: await sql`select from remembered_requests where request_id = ${REQUEST_ID}`,
    project: await sql`select name, revision, organisation_id from projects where project_id = ${projectId}`,
    counts: await Promise.all(["projects", "licences", "project_events"].map((table) => system.count(table))),
  };
}
