import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { createDatabase } from "@tessera/postgres/create-database.ts";
import { withDatabase } from "@tessera/postgres/database-address.ts";
import type { Door, Place } from "./doors.ts";
import { httpClient } from "./http-client.ts";
import { benchPool } from "./pool.ts";
import type { Bench } from "./report.ts";
import { wire } from "./wire.ts";

/** A door of a peer, and what ends its processes. */
export interface Peer {
  door: Door;
  end(): Promise<void>;
}

const DATABASE = "bench_peers";
const SCHEMA = ["outline.sql", "schema.sql", "seed.sql"];
const SECRET = "the peers of the bench";
const CONNECTIONS = 16;
const UP_MAX = 200;
const UP_MS = 50;
const VALID_SECONDS = 86_400;

/** The peers' own database on the same PostgreSQL: 100 projects of 1,000 tasks. False where there are no peers. */
export async function preparePeers({ asked: { peers }, system, report }: Bench): Promise<boolean> {
  if (peers === undefined) return false;
  const missing = [...SCHEMA.map((it) => join(peers.folder, "sql", it)), join(peers.binaries, "server")].find(
    (it) => !existsSync(it),
  );
  if (missing !== undefined) {
    report.say(`there is no ${missing}: the peers are left out`);
    return false;
  }
  report.say("tasks: the peers' 100 projects of 1,000 tasks are written");
  await createDatabase(system.databaseUrl("task"), DATABASE);
  const sql = benchPool(urlOf(system.databaseUrl("task")), 1);
  for (const file of SCHEMA) await sql.unsafe(readFileSync(join(peers.folder, "sql", file), "utf8"));
  await sql.end({ timeout: 5 });
  return true;
}

/** All tasks of the peers are to be mapped again. */
export async function resetPeers({ system }: Bench): Promise<void> {
  const sql = benchPool(urlOf(system.databaseUrl("task")), 1);
  await sql`update tasks set status = 0, locked_by = null, locked_at = null, mapped_by = null where status <> 0`;
  await sql.end({ timeout: 5 });
}

/** The peers, each started when it is needed. */
export const PEERS: readonly ((bench: Bench, callers: number) => Promise<Peer>)[] = [
  (bench, callers) => grpcPeer(bench, callers, "Go, gRPC, four round trips", []),
  (bench, callers) => grpcPeer(bench, callers, "Go, gRPC, one statement", ["-one"]),
  restPeer,
];

async function grpcPeer(bench: Bench, callers: number, name: string, more: string[]): Promise<Peer> {
  const address = `127.0.0.1:${await freePort()}`;
  const server = await startServer(bench, ["-mode", "grpc", "-addr", address, ...more], address);
  const client = wire(address, callers);
  const tokens = Array.from({ length: callers }, (_, caller) => tokenOf(caller));
  const call = (caller: number, method: string, numbers: readonly number[]) =>
    client.callBytes(`/bench.v1.Tasking/${method}`, tokens[caller], messageOf(numbers));
  const numbersOf = ({ projectId, taskId }: Place) => [projectId, taskId];
  const door: Door = {
    name,
    processes: { go: server.pid ?? 0 },
    lock: async (caller, place) => {
      await call(caller, "LockTask", numbersOf(place));
      return "";
    },
    submit: async (caller, place) => void (await call(caller, "FinishTask", numbersOf(place))),
    get: async (caller, place) => void (await call(caller, "GetTask", numbersOf(place))),
    list: async (caller, projectId) => (await call(caller, "ListTasks", [projectId])).length,
    close: client.close,
  };
  return { door, end: () => stop(server) };
}

async function restPeer(bench: Bench, callers: number): Promise<Peer> {
  const [back, front] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const server = await startServer(bench, ["-mode", "grpc", "-addr", back], back);
  const gateway = await startServer(bench, ["-mode", "gateway", "-addr", front, "-back", back], front);
  const client = httpClient(`http://${front}`);
  const headers = Array.from({ length: callers }, (_, caller) => ({
    authorization: `Bearer ${tokenOf(caller)}`,
  }));
  const at = ({ projectId, taskId }: Place) => `/v1/projects/${projectId}/tasks/${taskId}`;
  const send = (caller: number, method: string, path: string, body?: object) =>
    client.send(method, path, headers[caller] ?? {}, body);
  const door: Door = {
    name: "Go, REST, grpc-gateway",
    processes: { go: server.pid ?? 0, "go-gateway": gateway.pid ?? 0 },
    lock: async (caller, place) => {
      await send(caller, "POST", `${at(place)}:lock`, {});
      return "";
    },
    submit: async (caller, place) => void (await send(caller, "POST", `${at(place)}:finish`, {})),
    get: async (caller, place) => void (await send(caller, "GET", at(place))),
    list: async (caller, projectId) => (await send(caller, "GET", `/v1/projects/${projectId}/tasks`)).bytes,
    close: client.close,
  };
  return {
    door,
    end: async () => {
      await stop(gateway);
      await stop(server);
    },
  };
}

async function startServer({ asked, system }: Bench, args: string[], address: string): Promise<ChildProcess> {
  const url = new URL(urlOf(system.databaseUrl("task")));
  url.searchParams.set("pool_max_conns", String(CONNECTIONS));
  url.searchParams.set("pool_min_conns", String(CONNECTIONS));
  const dsn = args.includes("gateway") ? [] : ["-dsn", url.href];
  const child = spawn(join(asked.peers?.binaries ?? "", "server"), [...args, ...dsn], {
    env: { BENCH_JWT_SECRET: SECRET },
    stdio: ["ignore", "ignore", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  for (let looks = 0; looks < UP_MAX && child.exitCode === null; looks++) {
    if (await listens(address)) return child;
    await sleep(UP_MS);
  }
  await stop(child);
  throw new Error(`a peer did not listen on ${address}`);
}

function listens(address: string): Promise<boolean> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function urlOf(taskUrl: string): string {
  return withDatabase(taskUrl, DATABASE);
}

/** A message of int32 fields, numbered from 1. */
function messageOf(numbers: readonly number[]): Uint8Array {
  const writer = new BinaryWriter();
  numbers.forEach((number, index) => {
    writer.tag(index + 1, WireType.Varint).int32(number);
  });
  return writer.finish();
}

/** A token of the peers: HS256, the caller's number as its subject. */
function tokenOf(caller: number): string {
  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: String(caller + 1), exp: Math.floor(Date.now() / 1_000) + VALID_SECONDS };
  const signed = `${text({ alg: "HS256", typ: "JWT" })}.${text(claims)}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}
