import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuseUnsafe } from "@tessera/postgres/durability.ts";
import { connectPool } from "@tessera/postgres/pool.ts";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmbedded } from "./server.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-test-embedded-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask(url: string, query: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return (await sql.unsafe(query))[0];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** A launcher in a process of its own, which reports the server's pid and then stays. */
async function launcher() {
  const module = new URL("./server.ts", import.meta.url).href;
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(module)});
    const server = await startEmbedded({ folder: ${JSON.stringify(folder)} });
    console.log(server.pid);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  return { child, pid: Number(line) };
}

const isAlive = async (pid: number) => {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "gone Z");
  return !/^gone|\) Z /.test(status);
};

test("text is UTF-8, and every script has upper and lower case and trigrams", async () => {
  const server = await startEmbedded({ folder });
  const url = server.url("postgres");
  await ask(url, "create extension if not exists pg_trgm");
  const row = await ask(
    url,
    `select
       lower('ÉЖΣ') as lower, initcap('жук') as initcap, similarity('Москва', 'москва') as similarity,
       cardinality(show_trgm('東京都')) as trigrams, 'Ж' ilike 'ж' as alike,
       (select string_agg(x, '' order by x) from unnest(string_to_array('ж,b,é,B,東,a', ',')) x) as sorted`,
  );
  expect(row).toEqual({
    lower: "éжσ",
    initcap: "Жук",
    similarity: 1,
    trigrams: 4,
    alike: true,
    sorted: "Babéж東",
  });
  const roles = await ask(
    url,
    "select every(rolpassword like 'SCRAM-%') as scram from pg_authid where rolcanlogin",
  );
  expect(roles).toEqual({ scram: true });
  await server.stop();
});

test("it keeps its data, listens on this machine only, and hides its password", async () => {
  const first = await startEmbedded({ folder });
  await ask(first.url("postgres"), "create table kept as select 42 as answer");
  expect(await ask(first.url("postgres"), "show listen_addresses")).toEqual({
    listen_addresses: "127.0.0.1",
  });
  expect((await stat(join(folder, "data", "tessera-password"))).mode & 0o777).toBe(0o600);
  await first.stop();
  const second = await startEmbedded({ folder });
  expect(await ask(second.url("postgres"), "select answer from kept")).toEqual({ answer: 42 });
  expect(second.url("postgres").replace(/:\d+\//, "")).toBe(first.url("postgres").replace(/:\d+\//, ""));
  await second.stop();
  await second.stop();
  expect((await readdir(folder)).sort()).toEqual(["data", "server.log", "server.log.1"]);
});

test("without durability it is one that our services refuse", async () => {
  const server = await startEmbedded({ folder, durable: false });
  const sql = connectPool(server.url("postgres"), { applicationName: "unsafe" });
  await expect(refuseUnsafe(sql)).rejects.toThrow(
    "fsync is off; full_page_writes is off; synchronous_commit is off",
  );
  await sql.end();
  await server.stop();
});

test("a second start beside a living one is refused with a sentence", async () => {
  const server = await startEmbedded({ folder });
  await expect(startEmbedded({ folder })).rejects.toThrow("is in use by another start that still runs");
  expect(await ask(server.url("postgres"), "select 1 as one")).toEqual({ one: 1 });
  await server.stop();
});

test("a port that is taken is said to be", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  await expect(startEmbedded({ folder, port })).rejects.toThrow("could not bind");
  other.close();
});

test("after a kill of the server it starts again, past the pid file", async () => {
  const server = await startEmbedded({ folder });
  process.kill(server.pid, "SIGKILL");
  await server.exited;
  const next = await startEmbedded({ folder });
  expect(await ask(next.url("postgres"), "select answer from kept")).toEqual({ answer: 42 });
  await next.stop();
  await server.stop();
});

test("a pid file that names a living process of another kind is no obstacle", async () => {
  const server = await startEmbedded({ folder });
  const path = join(folder, "data", "postmaster.pid");
  const pidFile = await readFile(path, "utf8");
  await server.stop();
  await writeFile(path, pidFile.replace(/^\d+/, String(process.pid)));
  const next = await startEmbedded({ folder });
  await next.stop();
});

test.runIf(process.platform === "linux")("a launcher that is killed takes its server with it", async () => {
  const { child, pid } = await launcher();
  child.kill("SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test.runIf(process.platform === "linux")(
  "a server that outlived its launcher is stopped by the next start",
  async () => {
    const { child, pid } = await launcher();
    await killKeeper(pid);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await isAlive(pid)).toBe(true);
    const next = await startEmbedded({ folder });
    expect(await isAlive(pid)).toBe(false);
    expect(await ask(next.url("postgres"), "select answer from kept")).toEqual({ answer: 42 });
    await next.stop();
  },
);

async function killKeeper(pid: number): Promise<void> {
  for (const entry of await readdir("/proc")) {
    const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (command.includes(`tessera-keeper\0${pid}\0`)) process.kill(Number(entry), "SIGKILL");
  }
}
