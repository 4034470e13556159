import type { BlockList } from "node:net";
import { connect } from "node:net";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { ROOMS } from "@tessera/rpc/admission/admission.ts";
import { proxyList } from "@tessera/rpc/admission/client-address.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { afterEach, expect, test } from "vitest";
import { raw, type TestGateway, testGateway } from "./testing/gateway.ts";

let gateway: TestGateway;
afterEach(() => gateway.stop());

const FEW = {
  ...ROOMS,
  streams: { most: 8, person: 2, address: 2 },
  waits: { most: 8, person: 1, address: 1 },
};
const behindProxy = proxyList("127.0.0.1") as BlockList;
const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
const addresses: (string | null)[] = [];

function routes(router: Parameters<Parameters<typeof testGateway>[0]>[0]) {
  router.service(AuthService, {
    createSession: () => ({ acknowledgement: { name: "sessions/s", revision: 1n } }),
  });
  router.service(TaskService, {
    getTask: (_, { requestHeader }) => {
      addresses.push(requestHeader.get("x-forwarded-for"));
      return { task: { taskId: 1 } };
    },
  });
  router.service(TaskEventService, {
    watchTaskEvents: async function* (_, { signal }) {
      yield { position: "p1" };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
  router.service(OperationService, {
    waitOperation: (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", reject)),
  });
}

test.each(["/v1/projects/7/task-events", `/tessera.task.v1.TaskEventService/WatchTaskEvents`])(
  "streams of one address leave places for others, and do not keep out other requests: %s",
  async (path) => {
    gateway = await testGateway(routes, { limits: { rooms: FEW, trustedProxies: behindProxy } });
    const stream = (address: string) => {
      const headers = { "x-forwarded-for": address, "content-type": "application/connect+json" };
      const isRpc = !path.startsWith("/v1/");
      const body = isRpc ? Buffer.from([0, 0, 0, 0, 2, 123, 125]) : null;
      return fetch(gateway.url + path, { headers, ...(isRpc && { method: "POST", body }) });
    };
    const first = await Promise.all([stream("203.0.113.1"), stream("203.0.113.1")]);
    const readers = first.map((it) => it.body?.getReader());
    const opened = await Promise.all(readers.map((it) => it?.read()));
    expect(opened.map((it) => it?.done)).toEqual([false, false]);
    expect(await (await stream("203.0.113.1")).text()).toMatch(/RATE_LIMITED|resource_exhausted/);
    const other = (await stream("203.0.113.2")).body?.getReader();
    expect((await other?.read())?.done).toBe(false);
    expect((await gateway.ask("GET", "/v1/projects/7/tasks/1", from("203.0.113.1"))).status).toBe(200);
    // A place that was left is another's.
    await readers[0]?.cancel();
    await expect
      .poll(async () => {
        const reader = (await stream("203.0.113.1")).body?.getReader();
        const text = Buffer.from((await reader?.read())?.value ?? []).toString();
        return text.includes("p1") || !/RATE_LIMITED|resource_exhausted/.test(text);
      })
      .toBe(true);
    await Promise.all([readers[1]?.cancel(), other?.cancel()]);
  },
);

test("a client that leaves while its token is verified holds no place for a body", async () => {
  const verified = Promise.withResolvers<typeof ANONYMOUS>();
  let waiting = 0;
  const findCaller = () => {
    waiting += 1;
    return verified.promise;
  };
  gateway = await testGateway(routes, { findCaller });
  // More than the bodies of one address may have.
  const length = 1024 * 1024;
  const head = `POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
  const { port, hostname } = new URL(gateway.url);
  const sockets = Array.from({ length: 70 }, () => connect(Number(port), hostname));
  for (const it of sockets) it.write(head);
  await expect.poll(() => waiting).toBe(sockets.length);
  for (const it of sockets) it.destroy();
  await expect.poll(() => gateway.lines.filter(({ status }) => status === 499).length).toBe(sockets.length);
  verified.resolve(ANONYMOUS);
  const { status } = await gateway.ask("POST", "/v1/sessions", { body: {} });
  expect(status).toBe(201);
});

test("services receive the client's address, not a claim of a stranger", async () => {
  gateway = await testGateway(routes);
  addresses.length = 0;
  await gateway.ask("GET", "/v1/projects/7/tasks/1", from("198.51.100.9"));
  await gateway.ask("POST", "/tessera.task.v1.TaskService/GetTask", { ...from("198.51.100.9"), body: {} });
  expect(addresses).toEqual(["127.0.0.1", "127.0.0.1"]);
});

test("a service that does not answer holds up nobody who calls another one", async () => {
  const answer = Promise.withResolvers<void>();
  let underWay = 0;
  const limits = {
    trustedProxies: behindProxy,
    requestsMax: 1_000,
    connectionsMax: 1_000,
    requestTimeoutMs: 60_000,
  };
  gateway = await testGateway(
    (router) => {
      routes(router);
      router.service(TaskService, {
        getTask: async () => {
          underWay += 1;
          await answer.promise;
          return { task: { taskId: 1 } };
        },
      });
    },
    { limits },
  );
  const asked = Array.from({ length: 300 }, (_, index) =>
    gateway.ask("GET", "/v1/projects/7/tasks/1", from(`203.0.113.${index % 250}`)),
  );
  // All of the places that there are for calls of this service, and some that wait for one.
  await expect.poll(() => underWay).toBeGreaterThanOrEqual(64);
  const other = await gateway.ask("POST", "/v1/sessions", { body: { name: "x" }, ...from("198.51.100.7") });
  expect(other.status).toBe(201);
  answer.resolve();
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((it) => it !== 200 && it !== 503)).toEqual([]);
});

test("bodies that are not whole have a bound together", async () => {
  gateway = await testGateway(routes, {
    limits: { bodyMaxBytes: 8 * 1024 * 1024, bodyTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
  });
  const { hostname, port } = new URL(gateway.url);
  const sockets = Array.from({ length: 70 }, () => connect(Number(port), hostname));
  for (const socket of sockets) {
    socket.on("error", () => {});
    socket.write(
      "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n\r\n{",
    );
  }
  const refused = await Promise.any(
    sockets.map(
      (socket) => new Promise((resolve) => socket.once("data", (data) => resolve(data.toString()))),
    ),
  );
  expect(refused).toMatch(/^HTTP\/1\.1 503[\s\S]*OVERLOADED/);
  for (const socket of sockets) socket.destroy();
  const asked = () => gateway.ask("POST", "/v1/sessions", { body: { name: "x" } });
  await expect.poll(async () => (await asked()).status).toBe(201);
});

test("a body over Connect that does not come is cut off", async () => {
  gateway = await testGateway(routes, { limits: { bodyTimeoutMs: 50, requestTimeoutMs: 60_000 } });
  const type = "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
  await raw(gateway.url, `POST /tessera.task.v1.TaskService/GetTask HTTP/1.1\r\nHost: x\r\n${type}`);
});
