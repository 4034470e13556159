import { randomUUID } from "node:crypto";
import { createClient, createRouterTransport } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { guard } from "@tessera/rpc/guard.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { areaFilesOf } from "../areas/area-settings.ts";
import { namesIn } from "../names.ts";
import { openStore } from "../open-store.ts";
import { projectService } from "../service.ts";
import { PEOPLE, silent } from "../testing/auth.ts";
import { type TestSystem, testSystem } from "../testing/system.ts";

const ADMINISTRATOR = {
  ...PEOPLE.administrator,
  managedOrganisationIds: new Set<number>(),
  teams: new Map(),
  userRevision: 1n,
  membershipVersion: 0n,
};
const TOKEN = { headers: { authorization: "Bearer good" } };
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

/** A client of the real handlers on the real store, in which `meanwhile` runs between the first read and the second. */
function interrupted(meanwhile: () => Promise<unknown>) {
  const real = openStore(system.database.sql, () => {});
  let reads = 0;
  const afterFirst = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await answer;
    reads += 1;
    if (reads === 1) await meanwhile();
    return value;
  };
  const store: typeof real = {
    ...real,
    projects: { ...real.projects, find: (...of) => afterFirst(real.projects.find(...of)) },
    replayIfDone: (...of) => afterFirst(real.replayIfDone(...of)),
  };
  const impl = projectService({
    store,
    viewers: {
      known: async () => ({ viewer: ADMINISTRATOR, asOfMs: 0 }),
      of: async () => ADMINISTRATOR,
      many: async () => new Map(),
      forget: () => {},
      forgetAll: () => {},
    },
    directory: {
      refuseUnknownOrganisation: async () => {},
      refuseUnknownUser: async () => {},
      refuseUnknownReferences: async () => {},
    },
    names: namesIn(createRouterTransport(() => {})),
    areaLimits: { vertices: 100, squareKilometres: 5_000 },
    areaFiles: areaFilesOf(system.config),
    streamMaxMs: 60_000,
    stopping: new AbortController().signal,
  });
  const verify = () => ({ ...ANONYMOUS, userId: 1n, sessionId: "s", scopes: new Set(PERSON_SCOPES) });
  const interceptors = [guard({ verify, log: silent, translate: () => undefined })];
  const transport = createRouterTransport(({ service }) => service(ProjectService, impl, { interceptors }));
  return createClient(ProjectService, transport);
}

test("a twin that takes effect between the two reads is found, and not taken for another's change", async () => {
  const projectId = await system.project(ProjectStatus.DRAFT);
  const request = {
    requestId: randomUUID(),
    project: { projectId, name: "Palín" },
    updateMask: { paths: ["name"] },
    expectedRevision: 1n,
  };
  const twin = () => system.client.updateProject(request, system.as("administrator"));
  const { acknowledgement } = await interrupted(twin).updateProject(request, TOKEN);
  expect(acknowledgement).toMatchObject({ revision: 2n, replayed: true });
});

test("somebody else's change between the two reads is seen when it comes to writing", async () => {
  const projectId = await system.project(ProjectStatus.DRAFT);
  const other = () => system.set(projectId, { name: "Other" });
  const request = {
    requestId: randomUUID(),
    project: { projectId, name: "Palín" },
    updateMask: { paths: ["name"] },
    expectedRevision: 1n,
  };
  const call = interrupted(other).updateProject(request, TOKEN);
  await expect(call).rejects.toThrow("The project was changed since that revision");
});
