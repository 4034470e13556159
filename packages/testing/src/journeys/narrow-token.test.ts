import { randomUUID } from "node:crypto";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { Admission } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AREA_SETTINGS } from "../cases/area-cases.table.ts";
import { CASES } from "../cases/refusal-cases.table.ts";
import { type Door, grpcDoor, restDoor } from "../ground/door.ts";
import { newPersonalToken } from "../ground/machine-ground.ts";
import { type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let ground: World;
/** With the scope `account` only. */
let narrow: string;
const doors: Record<string, Door> = {};

beforeAll(async () => {
  system = await testSystem(AREA_SETTINGS);
  ground = await world(system);
  const { connections } = system;
  doors.gRPC = grpcDoor((method) => connections[method.parent.typeName.split(".")[1] as "auth"]);
  doors.REST = restDoor(system.url);
  const request = { requestId: randomUUID(), name: "mapper-90001" };
  const { acknowledgement } = await system.auth.createSession(request);
  const sessionId = acknowledgement?.name.split("/")[1] ?? "";
  await system.databases.auth
    .sql`update sessions set scopes = array['account'] where session_id = ${sessionId}`;
  narrow = (await system.auth.createSession(request)).accessToken;
});

afterAll(() => system.stop());

const isScoped = ({ method }: (typeof CASES)[number]) => {
  const { admission, scope } = rulesOf(method);
  return admission === Admission.PUBLIC && scope !== "";
};
const PUBLIC = CASES.filter(isScoped).map((it) => [`${it.method.name}, ${it.what}`, it] as const);

describe.each(["gRPC", "REST"])("through %s", (name) => {
  const door = () => doors[name] as Door;

  test.each(PUBLIC)("%s: a token for something else is no token", async (_, { method, play }) => {
    const { request } = await play(ground);
    const { reason } = await door().call(method, request);
    expect((await door().call(method, request, narrow)).reason).toBe(reason);
  });

  test("a token that is not valid is refused where none is needed", async () => {
    const request = { project_id: ground.projects.published, task_id: 1 };
    expect((await door().call(TaskService.method.getTask, request)).reason).toBe("OK");
    const forged = `${narrow.slice(0, -8)}AAAAAAAA`;
    for (const method of [TaskService.method.getTask, TaskEventService.method.watchTaskEvents]) {
      const answer = await door().call(method, { project_id: ground.projects.published }, forged);
      expect(answer.reason, method.name).toBe("TOKEN_INVALID");
    }
  });

  test("a command of a token for something else lacks its scope", async () => {
    const request = { request_id: randomUUID(), project_id: ground.projects.published, task_id: 1 };
    const answer = await door().call(LockService.method.releaseLock, request, narrow);
    expect(answer).toMatchObject({ reason: "SCOPE_MISSING", metadata: { scope: "tasks:write" } });
  });
});

test("a personal access token that is sent as it is hears where it is exchanged", async () => {
  const { token } = await newPersonalToken(ground, ground.mapper);
  const words = /^A personal access token is not an access token: .*POST \/v1\/key-tokens/;
  const authorization = `Bearer ${token}`;
  for (const path of [`projects/${ground.projects.published}`, "users/me"]) {
    const response = await fetch(`${system.url}/v1/${path}`, { headers: { authorization } });
    const { reason, detail } = (await response.json()) as { reason: string; detail: string };
    expect([response.status, reason, detail]).toEqual([401, "TOKEN_INVALID", expect.stringMatching(words)]);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer error="invalid_token", error_description="${detail}"`,
    );
  }
  await expect(system.auth.getCurrentUser({}, { headers: { authorization } })).rejects.toThrow(/key-tokens/);
});
