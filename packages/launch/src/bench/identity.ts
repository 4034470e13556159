import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { verifyAccessToken } from "@tessera/identity/access-token.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { createLocalJWKSet, type JSONWebKeySet } from "jose";
import type { System } from "../system.ts";
import { signIn, signInAll } from "./ground.ts";
import { measure, type Work } from "./load.ts";
import { line, type Setting } from "./report.ts";
import { wire } from "./wire.ts";

const VERIFIED = 20_000;
/** How often, and for how long at most, a refusal is awaited. */
const LOOK_MS = 2;
const LOOKS_MAX = 5_000;
/** The number of people who are blocked, one after the other. */
const BLOCKS = 200;

/** Identity: the cost of a check, and how soon a block is in force. */
export async function benchIdentities({ system, ports, forMs }: Setting, projectId: number): Promise<void> {
  const jwksUrl = `http://127.0.0.1:${ports.keys}/.well-known/jwks.json`;
  const { newMicros, knownMicros } = await verification(
    jwksUrl,
    system.url,
    await signIn(system, "mapper-1"),
  );
  console.log("\nauthentication");
  console.log(`  a token is verified in ${newMicros.toFixed(0)} µs (${Math.round(1e6 / newMicros)}/s);`);
  console.log(`  one that is known in ${knownMicros.toFixed(1)} µs (${Math.round(1e6 / knownMicros)}/s)`);
  const { signedIn, refreshed } = await signIns(system, 16, forMs / 2);
  console.log(line("sign-ins, 16 callers", signedIn, signedIn.perSecond));
  console.log(line("refreshes, 16 callers", refreshed, refreshed.perSecond));
  const took = await blockToRefusal(system, projectId, BLOCKS);
  const at = (share: number) => (took[Math.floor(took.length * share)] ?? 0).toFixed(0);
  console.log(
    `  from a block to the refusal by task: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${BLOCKS} trials)`,
  );
}

/** Microseconds that one verification of an access token takes: one never seen before, and one that is remembered. */
async function verification(
  jwksUrl: string,
  issuer: string,
  token: string,
): Promise<{ newMicros: number; knownMicros: number }> {
  const keySet = (await (await fetch(jwksUrl)).json()) as JSONWebKeySet;
  const keys = createLocalJWKSet(keySet);
  const open = () => verifyAccessToken({ issuer, keys, service: "task" });
  const timed = async (work: () => unknown, times: number): Promise<number> => {
    const started = performance.now();
    for (let done = 0; done < times; done++) await work();
    return ((performance.now() - started) * 1000) / times;
  };
  const unseen = () => open()(token);
  await timed(unseen, VERIFIED / 20);
  const newMicros = await timed(unseen, VERIFIED / 10);
  const verify = open();
  const knownMicros = await timed(() => verify(token), VERIFIED);
  return { newMicros, knownMicros };
}

/** People who sign in, and sessions that are refreshed, a second. */
async function signIns(system: System, workers: number, forMs: number) {
  const client = wire(system.addresses.auth, workers);
  const { createSession, refreshSession } = AuthService.method;
  const request = (worker: number) => ({ requestId: randomUUID(), name: `mapper-${5_000 + worker}` });
  const signing: Work = async (worker) => {
    await client.call(createSession, undefined, request(worker));
    return 1;
  };
  const tokens: string[] = [];
  for (let worker = 0; worker < workers; worker++)
    tokens.push((await client.call(createSession, undefined, request(worker))).refreshToken);
  const refreshing: Work = async (worker) => {
    const refreshToken = tokens[worker] as string;
    const answer = await client.call(refreshSession, undefined, { requestId: randomUUID(), refreshToken });
    tokens[worker] = answer.refreshToken;
    return 1;
  };
  const options = { workers, warmUpMs: 500, forMs, pids: [system.pid("auth")] };
  const signedIn = await measure(signing, options);
  const refreshed = await measure(refreshing, options);
  client.close();
  return { signedIn, refreshed };
}

/** From the acknowledgement of a block to the first refusal by the task service, in milliseconds, sorted. */
async function blockToRefusal(system: System, projectId: number, trials: number): Promise<number[]> {
  const administrator = { headers: { authorization: `Bearer ${await signIn(system, "administrator")}` } };
  const connections = [connect(system.addresses.auth), connect(system.addresses.task)] as const;
  const users = createClient(UserService, connections[0]);
  const auth = createClient(AuthService, connections[0]);
  const tasks = createClient(TaskService, connections[1]);
  const took: number[] = [];
  for (const token of await signInAll(system, trials)) {
    const person = { headers: { authorization: `Bearer ${token}` } };
    const userId = (await auth.getCurrentUser({}, person)).user?.userId as bigint;
    await tasks.getProgress({ projectId }, person);
    await users.blockUser({ requestId: randomUUID(), userId, reason: "bench" }, administrator);
    const started = performance.now();
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      if (await refused(() => tasks.getProgress({ projectId }, person))) break;
      await sleep(LOOK_MS);
    }
    took.push(performance.now() - started);
    await users.unblockUser({ requestId: randomUUID(), userId }, administrator);
  }
  for (const connection of connections) connection.close();
  return took.sort((one, other) => one - other);
}

function refused(call: () => Promise<unknown>): Promise<boolean> {
  return call().then(
    () => false,
    () => true,
  );
}
