import { connect as connectSocket } from "node:net";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestGateway, testGateway } from "./testing/gateway.ts";

let gateway: TestGateway;
let answer: () => void;

beforeEach(async () => {
  gateway = await testGateway(
    (router) => {
      router.service(AuthService, {
        getCurrentUser: () =>
          new Promise((resolve) => {
            answer = () => resolve({ user: { userId: 1n } });
          }),
      });
      router.service(TaskEventService, {
        watchTaskEvents: async function* (_, { signal }) {
          yield { position: "p1" };
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        },
      });
    },
    { limits: { requestsMax: 2 } },
  );
});
afterEach(() => gateway.stop());

test("lives and is ready", async () => {
  const live = await gateway.ask("GET", "/health/live");
  const ready = await gateway.ask("GET", "/health/ready");
  expect([live.status, ready.status, ready.json]).toEqual([200, 200, { status: "ok" }]);
});

test("refuses at once what is more than it takes", async () => {
  const first = gateway.ask("GET", "/v1/users/me");
  await expect.poll(() => answer).toBeDefined();
  const answerFirst = answer;
  const second = gateway.ask("GET", "/v1/users/me");
  await expect.poll(() => answer === answerFirst).toBe(false);
  const third = await gateway.ask("GET", "/v1/users/me");
  expect(third.json).toMatchObject({ status: 503, reason: "OVERLOADED", retryable: true });
  expect(third.headers["retry-after"]).toMatch(/^[12]$/);
  expect((await gateway.ask("GET", "/health/live")).status).toBe(200);
  // Streams are counted apart.
  const events = await fetch(`${gateway.url}/v1/projects/7/task-events`);
  await events.body?.cancel();
  answerFirst();
  answer();
  expect([(await first).status, (await second).status]).toEqual([200, 200]);
});

test("that stops finishes running requests, ends endless streams, and takes nothing more", async () => {
  const running = gateway.ask("GET", "/v1/users/me");
  const events = await fetch(`${gateway.url}/v1/projects/7/task-events`);
  const idle = connectSocket(Number(new URL(gateway.url).port), "127.0.0.1");
  idle.on("error", () => {});
  await expect.poll(() => answer).toBeDefined();
  const stopped = gateway.stop();
  const text = await events.text();
  expect(text).toContain("id: p1");
  expect(text).not.toContain("problem");
  answer();
  const { status, headers } = await running;
  expect([status, headers.connection]).toEqual([200, "close"]);
  await stopped;
  idle.destroy();
  await expect(gateway.ask("GET", "/health/live")).rejects.toThrow();
});
