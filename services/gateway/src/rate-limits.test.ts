import type { BlockList } from "node:net";
import type { DescMethod } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { proxyList } from "@tessera/rpc/admission/client-address.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { afterEach, expect, test } from "vitest";
import { QUOTAS, type Quotas, sortOf } from "./rate-limits.ts";
import { type TestGateway, testGateway } from "./testing/gateway.ts";

const TASK = "/v1/projects/7/tasks/1";
const LOCK = `${TASK}/lock`;
const EXPORT = "/v1/projects/7/tasks?f=geojson";
const FEW: Quotas = {
  person: { reads: 8, writes: 4, exports: 2 },
  client: { reads: 6, writes: 3, exports: 1 },
  address: { reads: 5, writes: 2, exports: 1 },
};

const refuse = refusals(ReasonSchema);
let gateway: TestGateway;
afterEach(() => gateway.stop());

/** A gateway that takes "Bearer PERSON SESSION" for a token. */
async function start(quotas: Quotas, rateLimitPercent = 100): Promise<void> {
  gateway = await testGateway(
    (router) => {
      router.service(TaskService, {
        getTask: () => ({ task: { taskId: 1, revision: 3n } }),
        streamTasks: async function* () {
          yield { tasks: [] };
        },
      });
      router.service(LockService, {
        lockTask: () => ({ acknowledgement: { name: "projects/7/tasks/1/lock", revision: 3n } }),
      });
      router.service(UserService, { getUser: () => ({ user: { userId: 1n } }) });
    },
    {
      limits: { quotas, rateLimitPercent, trustedProxies: proxyList("127.0.0.1") as BlockList },
      findCaller: (_, authorization) => {
        if (authorization === undefined) return ANONYMOUS;
        const [, person, session] = authorization.split(" ");
        if (person === "forged") throw refuse(Reason.TOKEN_INVALID);
        return { ...ANONYMOUS, userId: BigInt(person as string), sessionId: session as string };
      },
    },
  );
}

const as = (who: string, others: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${who}`, ...others },
});
const from = (address: string) => ({ headers: { "x-forwarded-for": address } });

test("every answer says what is left of each limit, and one beyond it when to come again", async () => {
  await start(FEW);
  const first = await gateway.ask("GET", TASK, as("1 phone"));
  expect(first.headers["ratelimit-policy"]).toBe('"client-reads";q=6;w=60, "person-reads";q=8;w=60');
  expect(first.headers.ratelimit).toMatch(/^"client-reads";r=5;t=\d+, "person-reads";r=7;t=\d+$/);
  const unchanged = await gateway.ask(
    "GET",
    TASK,
    as("1 phone", { "if-none-match": first.headers.etag as string }),
  );
  expect([unchanged.status, unchanged.headers.ratelimit]).toEqual([304, expect.stringContaining("r=4;")]);
  const head = await gateway.ask("HEAD", TASK, as("1 phone"));
  expect([head.status, head.headers.ratelimit]).toEqual([200, expect.stringContaining("r=3;")]);
  const refused = await gateway.ask("GET", `${TASK}?x=1`, as("1 phone"));
  expect([refused.status, refused.headers.ratelimit]).toEqual([422, expect.stringContaining("r=2;")]);
  for (let at = 0; at < 2; at++) await gateway.ask("GET", TASK, as("1 phone"));
  const { status, headers, json } = await gateway.ask("GET", TASK, as("1 phone"));
  expect([status, json.reason, json.metadata]).toEqual([429, "RATE_LIMITED", { limit: "client-reads" }]);
  const reset = /^"client-reads";r=0;t=(\d+)$/.exec(headers.ratelimit as string)?.[1];
  expect(headers["retry-after"]).toBe(reset);
  expect(headers["ratelimit-policy"]).toBe(first.headers["ratelimit-policy"]);
  // Another sort, and another client of the same person, have limits of their own.
  expect((await gateway.ask("PUT", LOCK, as("1 phone"))).headers.ratelimit).toMatch(/^"client-writes";r=2;/);
  const other = await gateway.ask("GET", TASK, as("1 laptop"));
  // What was refused for the client's sake cost the person nothing.
  expect(other.headers.ratelimit).toMatch(/^"client-reads";r=5;t=\d+, "person-reads";r=1;/);
  await gateway.ask("GET", TASK, as("1 laptop"));
  const all = await gateway.ask("GET", TASK, as("1 laptop"));
  expect([all.status, all.json.metadata]).toEqual([429, { limit: "person-reads" }]);
});

test("callers that are not signed in, or whose token is refused, are counted by address", async () => {
  await start(FEW);
  const { headers } = await gateway.ask("GET", TASK, from("203.0.113.1"));
  expect(headers["ratelimit-policy"]).toBe('"address-reads";q=5;w=60');
  const guess = as("forged", { "x-forwarded-for": "203.0.113.1" });
  for (let left = 3; left >= 0; left--) {
    const { status, headers } = await gateway.ask("GET", TASK, guess);
    expect([status, headers.ratelimit]).toEqual([401, expect.stringContaining(`"address-reads";r=${left};`)]);
  }
  expect((await gateway.ask("GET", TASK, guess)).status).toBe(429);
  expect((await gateway.ask("GET", TASK, from("203.0.113.1"))).status).toBe(429);
  expect((await gateway.ask("GET", TASK, from("203.0.113.2"))).status).toBe(200);
  // A person who is signed in there is counted apart.
  expect((await gateway.ask("GET", TASK, as("1 a", { "x-forwarded-for": "203.0.113.1" }))).status).toBe(200);
});

test("an export has limits of its own, by REST and by Connect, which has the same fields", async () => {
  await start(FEW);
  const first = await gateway.ask("GET", EXPORT, as("1 a"));
  expect(first.headers["ratelimit-policy"]).toBe('"client-exports";q=1;w=60, "person-exports";q=2;w=60');
  const call = (rpc: string) =>
    gateway.ask("POST", `/tessera.task.v1.TaskService/${rpc}`, { ...as("1 a"), body: { projectId: 7 } });
  const rpc = await call("StreamTasks");
  expect([rpc.status, rpc.headers.ratelimit]).toEqual([429, expect.stringMatching(/^"client-exports";r=0;/)]);
  expect((await call("GetTask")).headers.ratelimit).toMatch(/^"client-reads";r=5;/);
});

test("a client at a hundred times its share leaves the others theirs", async () => {
  const share = { reads: 10, writes: 10, exports: 10 };
  await start({ person: share, client: share, address: share });
  const greedy = Array.from({ length: 1_000 }, () => ({ who: "1 greedy", options: as("1 greedy") }));
  const modest = Array.from({ length: 10 }, (_, person) =>
    Array.from({ length: 10 }, () => ({ who: "others", options: as(`${person + 2} modest`) })),
  ).flat();
  const strangers = Array.from({ length: 10 }, () => ({ who: "others", options: from("203.0.113.9") }));
  const answered = new Map<string, number>();
  // In turns of 55, 50 of them of the greedy one: it is always first.
  const others = [...modest, ...strangers];
  for (let turn = 0; turn < 20; turn++) {
    const asked = [...greedy.slice(turn * 50, turn * 50 + 50), ...others.splice(0, 6)];
    await Promise.all(
      asked.map(async ({ who, options }) => {
        const { status } = await gateway.ask("GET", TASK, options);
        const key = `${who} ${status}`;
        answered.set(key, (answered.get(key) ?? 0) + 1);
      }),
    );
  }
  expect(Object.fromEntries(answered)).toEqual({
    "1 greedy 200": 10,
    "1 greedy 429": 990,
    "others 200": 110,
  });
});

test("limits can be scaled, and turned off", async () => {
  await start(FEW, 50);
  expect((await gateway.ask("GET", TASK, as("1 a"))).headers["ratelimit-policy"]).toMatch(/q=3;.*q=4;/);
  await gateway.stop();
  await start(FEW, 0);
  for (let at = 0; at < 10; at++) {
    const { status, headers } = await gateway.ask("GET", TASK, as("1 a"));
    expect([status, headers.ratelimit, headers["ratelimit-policy"]]).toEqual([200, undefined, undefined]);
  }
});

test("what a request does is what its contract says", () => {
  const methods = SERVICES.flatMap((it) => it.methods);
  const of = (sort: string) =>
    methods.filter((it: DescMethod) => sortOf(it) === sort).map(({ name }) => name);
  expect(of("exports")).toContain("StreamTasks");
  expect(of("exports").filter((it) => it.startsWith("Watch"))).toEqual([]);
  expect(of("writes").filter((it) => /^(Get|List|Watch|Search)/.test(it))).toEqual([]);
  // One client is not all that its person has.
  for (const sort of ["reads", "writes", "exports"] as const)
    expect(QUOTAS.client[sort]).toBeLessThan(QUOTAS.person[sort]);
});
