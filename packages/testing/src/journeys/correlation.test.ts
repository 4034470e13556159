import { randomUUID } from "node:crypto";
import { createLog } from "@tessera/runtime/log.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AREA_SETTINGS } from "../cases/area-cases.table.ts";
import { world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

type Line = Record<string, unknown>;

const lines: Line[] = [];
const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem(AREA_SETTINGS, { log: createLog({ name: "test", level: "info", destination }) });
});
afterAll(() => system.stop());

/** The lines of a request: what `grep` of its id finds. */
const joined = (requestId: string) => lines.filter((it) => it.request_id === requestId);
const rpcs = (requestId: string) => joined(requestId).map(({ rpc }) => String(rpc ?? "gateway"));

test("one id joins the lines of a request in the gateway and in every service that worked on it", async () => {
  const ground = await world(system);
  const { headers } = await system.signIn("mapper-70001");
  const answer = await fetch(`${system.url}/v1/projects/${ground.projects.published}/tasks/1/lock`, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/json", "idempotency-key": `"${randomUUID()}"` },
    body: JSON.stringify({ purpose: "LOCK_PURPOSE_MAPPING" }),
  });
  await answer.text();
  const id = answer.headers.get("request-id") as string;
  await expect
    .poll(() => rpcs(id))
    .toEqual(
      expect.arrayContaining([
        "gateway",
        "tessera.task.v1.LockService/LockTask",
        expect.stringMatching(/^tessera\.project\.v1\.AccessService\//),
      ]),
    );
  const locked = joined(id).find(({ rpc }) => rpc === "tessera.task.v1.LockService/LockTask");
  expect(locked).toMatchObject({
    project_id: ground.projects.published,
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(new Set(joined(id).flatMap(({ trace_id }) => trace_id ?? [])).size).toBe(1);
});

test("a trace that the client sends is carried on, and a malformed one is replaced", async () => {
  const sent = "4bf92f3577b34da6a3ce929d0e0e4736";
  const traced = async (traceparent: string) => {
    const answer = await fetch(`${system.url}/v1/projects/999999`, { headers: { traceparent } });
    await answer.text();
    const id = answer.headers.get("request-id") as string;
    await expect.poll(() => rpcs(id)).toContain("tessera.project.v1.ProjectService/GetProject");
    return joined(id).find(({ rpc }) => rpc !== undefined)?.trace_id;
  };
  expect(await traced(`00-${sent}-00f067aa0ba902b7-01`)).toBe(sent);
  expect(await traced(`00-${"0".repeat(32)}-00f067aa0ba902b7-01`)).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
});
