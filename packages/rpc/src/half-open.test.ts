import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError, createClient, type ServiceImpl } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { type TcpProxy, tcpProxy } from "@tessera/testing/ground/tcp-proxy.ts";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ANONYMOUS } from "./caller.ts";
import { type Connection, connect } from "./connect.ts";
import { type Serving, serve, served } from "./serve.ts";

/** More calls than grpc-js would try again of those that were on a connection that broke. */
const MANY = 40;
const notHere = () => Promise.reject(new ConnectError("not in this test", Code.Unimplemented));
const call = { headers: { authorization: "Bearer good" } };

let peers: Serving[];
let proxies: TcpProxy[];
let connection: Connection | undefined;
/** How often each peer was asked, and how long it takes to answer. */
let asked: number[];
let answerMs: number;

beforeEach(async () => {
  [asked, answerMs, peers, proxies] = [[], 0, [], []];
  for (const index of [0, 1]) {
    const peer = await startPeer(index);
    peers.push(peer);
    proxies.push(await tcpProxy({ host: "127.0.0.1", port: Number(peer.address.split(":").at(-1)) }));
  }
});

afterEach(async () => {
  connection?.close();
  for (const proxy of proxies) await proxy.close();
  for (const peer of peers) await peer.stop();
});

function startPeer(index: number): Promise<Serving> {
  asked[index] = 0;
  const auth = {
    ...(Object.fromEntries(
      AuthService.methods.map(({ localName }) => [localName, notHere]),
    ) as unknown as ServiceImpl<typeof AuthService>),
    getCurrentUser: async () => {
      asked[index] = (asked[index] ?? 0) + 1;
      if (answerMs > 0) await sleep(answerMs);
      return { user: { name: String(index) } };
    },
  };
  const events: ServiceImpl<typeof AuthEventService> = {
    listAuthEvents: notHere,
    getAuthEvent: notHere,
    watchAuthEvents: async function* () {
      yield { position: "1" };
    },
  };
  return serve({
    services: [served(AuthService, auth), served(AuthEventService, events)],
    verify: () => ({
      ...ANONYMOUS,
      userId: 7n,
      sessionId: "s",
      scopes: new Set([...PERSON_SCOPES, "services"]),
    }),
    log: pino({ level: "silent" }),
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
}

/** Connects through the proxies, to one peer or to both in turn. */
function through(...some: TcpProxy[]) {
  connection = connect(`ipv4:${some.map(({ port }) => `127.0.0.1:${port}`).join(",")}`);
  const client = createClient(AuthService, connection);
  const events = createClient(AuthEventService, connection);
  return {
    who: async (timeoutMs = 7_000) => (await client.getCurrentUser({}, { ...call, timeoutMs })).user?.name,
    first: async () => {
      for await (const { position } of events.watchAuthEvents({}, call)) return position;
      return undefined;
    },
  };
}

const [first, second] = [() => proxies[0] as TcpProxy, () => proxies[1] as TcpProxy];

test("calls on a connection whose other end went away without a word are answered on another, all of them", async () => {
  const { who } = through(first());
  expect(await who()).toBe("0");
  first().strand();
  expect(await Promise.all(Array.from({ length: MANY }, () => who()))).toEqual(Array(MANY).fill("0"));
  expect(first().taken).toBe(2);
});

test("a peer that went away without a word costs a call one try: another peer answers it", async () => {
  const { who } = through(first(), second());
  while (!asked.every((times) => times > 0)) await who();
  first().strand();
  first().isSilent = true;
  expect(await Promise.all(Array.from({ length: MANY }, () => who()))).toEqual(Array(MANY).fill("1"));
});

test("a call whose connection is taken and never opened is answered on another", async () => {
  first().isSilent = true;
  const { who } = through(first());
  const waiting = Promise.all(Array.from({ length: MANY }, () => who()));
  await expect.poll(() => first().taken).toBe(1);
  first().strand();
  first().isSilent = false;
  expect(await waiting).toEqual(Array(MANY).fill("0"));
  expect(first().taken).toBeLessThan(4);
});

test("a stream whose connection is taken and never opened ends, and the next one is read on another", async () => {
  first().isSilent = true;
  const opened = through(first());
  const waiting = opened.first();
  await expect.poll(() => first().taken).toBe(1);
  first().strand();
  first().isSilent = false;
  await expect(waiting).rejects.toMatchObject({ code: Code.Unavailable });
  expect(await opened.first()).toBe("1");
});

test("a peer that is slow, and lives, is asked once", async () => {
  const { who } = through(first());
  await who();
  answerMs = 4_000;
  expect(await who(15_000)).toBe("0");
  expect(asked).toEqual([2, 0]);
});

test("with no peer that lives, a call ends by its deadline, and connections are not opened without end", async () => {
  first().isSilent = true;
  const { who } = through(first());
  const lost = await Promise.allSettled(Array.from({ length: MANY }, () => who()));
  expect(new Set(lost.map((it) => it.status === "rejected" && it.reason.code))).toEqual(
    new Set([Code.DeadlineExceeded]),
  );
  expect(first().taken).toBeLessThan(4);
});
