import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestGateway, testGateway } from "./testing/gateway.ts";

let gateway: TestGateway;
let begun: AbortSignal | undefined;

beforeEach(async () => {
  begun = undefined;
  gateway = await testGateway((router) =>
    router.service(LockService, {
      lockTask: (_, { signal }) => {
        begun = signal;
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    }),
  );
});
afterEach(() => gateway.stop());

const request = { requestId: "k", projectId: 7, taskId: 1, purpose: LockPurpose.MAPPING };

const DOORS: [door: string, send: (signal: AbortSignal) => Promise<unknown>][] = [
  [
    "REST",
    (signal) =>
      fetch(`${gateway.url}/v1/projects/7/tasks/1/lock`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ purpose: "LOCK_PURPOSE_MAPPING" }),
        signal,
      }),
  ],
  [
    "Connect",
    (signal) => {
      const transport = createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1" });
      return createClient(LockService, transport).lockTask(request, { signal });
    },
  ],
  [
    "gRPC-Web",
    (signal) => {
      const transport = createGrpcWebTransport({ baseUrl: gateway.url, httpVersion: "1.1" });
      return createClient(LockService, transport).lockTask(request, { signal });
    },
  ],
];

test.each(DOORS)(
  "the service is notified when the client of a command disconnects, by %s",
  async (_, send) => {
    const leaving = new AbortController();
    const sent = send(leaving.signal).catch(() => "left");
    await expect.poll(() => begun).toBeDefined();
    expect(begun?.aborted).toBe(false);
    leaving.abort();
    expect(await sent).toBe("left");
    await expect.poll(() => begun?.aborted).toBe(true);
  },
);
