import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { startEmbedded } from "@tessera/embedded-postgres/server.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseFailure } from "./database-failure.ts";
import { connectPool } from "./pool.ts";

const PATIENT = { applicationName: "platform", waitMs: 10_000, silenceMs: 5_000 };
const PGBOUNCER = "/usr/sbin/pgbouncer";

let database: TestDatabase;
let folder: string;
let at: URL;

beforeAll(async () => {
  database = await testDatabase();
  await database.sql`create table note (id bigint primary key)`;
  folder = await mkdtemp(join(tmpdir(), "tessera-test-platform-"));
  await chmod(folder, 0o755);
  at = new URL(database.url);
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const login = () => `${at.username}:${at.password}`;
const outcome = (work: PromiseLike<unknown>) =>
  work.then(
    () => "done",
    (error: Error) => `${databaseFailure(error)}: ${error.message}`,
  );

test("a password that was rotated makes calls unavailable, and says so, until it is right again", async () => {
  const role = `rotated_${at.pathname.slice(1)}`;
  const sentence = (password: string) => `alter role ${role} password '${password}'`;
  await database.sql.unsafe(`create role ${role} login password 'first'`);
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: "first" });
  const sql = connectPool(url.href, PATIENT);
  expect(await outcome(sql`select 1`)).toBe("done");
  await database.sql.unsafe(sentence("second"));
  await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role}`;
  await expect.poll(() => outcome(sql`select 1`)).toMatch(/^unavailable: .*password authentication failed/);
  await database.sql.unsafe(sentence("first"));
  await expect.poll(() => outcome(sql`select 1`)).toBe("done");
  await sql.end();
  await database.sql.unsafe(`drop role ${role}`);
});

test("a session that takes no writes any more is not used again", async () => {
  const sql = connectPool(database.url, { ...PATIENT, max: 1 });
  await sql`set default_transaction_read_only = on`;
  expect(await outcome(sql`insert into note values (1)`)).toMatch(/^unavailable: .*read-only/);
  await expect.poll(() => outcome(sql`insert into note values (2)`)).toBe("done");
  await sql.end();
});

test("of several hosts the one is used that is there and takes writes", async () => {
  const replica = await startEmbedded({ folder: join(folder, "replica") });
  const other = connectPool(replica.url("postgres"), PATIENT);
  await other.unsafe(`alter role ${at.username} password '${at.password}'`);
  await other.unsafe(`create database ${at.pathname.slice(1)}`);
  await other`alter system set default_transaction_read_only = on`;
  await other`select pg_reload_conf()`;
  await other.end();
  const nobody = await freePort();
  const hosts = [nobody, new URL(replica.url("postgres")).port, at.port].map((port) => `127.0.0.1:${port}`);
  const sql = connectPool(`postgres://${login()}@${hosts.join(",")}${at.pathname}`, PATIENT);
  const all = [10, 11, 12, 13].map((id) => outcome(sql`insert into note values (${id})`));
  expect(await Promise.all(all)).toEqual(all.map(() => "done"));
  await sql.end();
  const none = connectPool(`postgres://${login()}@${hosts.slice(0, 2).join(",")}${at.pathname}`, PATIENT);
  expect(await outcome(none`select 1`)).toMatch(/^unavailable: .*(no writes|ECONNREFUSED)/);
  await none.end();
  await replica.stop();
});

test("a socket in the query is where the server is", async () => {
  const server = createServer((client) => {
    const upstream = connect(Number(at.port), "127.0.0.1");
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on("error", () => {});
  });
  await once(server.listen(join(folder, ".s.PGSQL.5432")), "listening");
  const sql = connectPool(`postgres://${login()}@${at.pathname}?host=${folder}`, PATIENT);
  expect(await outcome(sql`select 1`)).toBe("done");
  await sql.end();
  server.close();
});

test.runIf(existsSync(PGBOUNCER))(
  "behind pgbouncer in transaction mode nothing belongs to a session",
  async () => {
    const port = await freePort();
    const bouncer = await startBouncer(port);
    const url = `postgres://${login()}@127.0.0.1:${port}${at.pathname}`;
    const refused = connectPool(url, PATIENT);
    expect(await outcome(refused`select 1`)).toMatch(/^unavailable: .*pgbouncer/);
    await refused.end();
    const sql = connectPool(`${url}?pgbouncer=true`, {
      ...PATIENT,
      settings: { plan_cache_mode: "force_generic_plan" },
    });
    const asked = Array.from({ length: 400 }, (_, index) =>
      index % 2 === 0
        ? sql<{ n: number }[]>`select ${index}::int as n`
        : sql.begin((tx) => tx<{ n: number }[]>`select ${index}::int as n`),
    );
    const answers = await Promise.all(asked);
    expect(answers.map(([row]) => row?.n)).toEqual(asked.map((_, index) => index));
    const [limits] = await sql.begin(
      (tx) => tx`select current_setting('lock_timeout') as lock, current_setting('plan_cache_mode') as plan`,
    );
    expect(limits).toEqual({ lock: "4s", plan: "force_generic_plan" });
    await sql.end();
    bouncer.kill("SIGINT");
    await once(bouncer, "exit");
  },
);

async function startBouncer(port: number): Promise<ChildProcess> {
  const ini = join(folder, "pgbouncer.ini");
  const users = join(folder, "users.txt");
  await writeFile(users, `"${at.username}" "${at.password}"\n`, { mode: 0o644 });
  const rules = {
    listen_addr: "127.0.0.1",
    listen_port: port,
    pool_mode: "transaction",
    default_pool_size: 3,
  };
  const access = { auth_type: "scram-sha-256", auth_file: users, unix_socket_dir: "", max_client_conn: 200 };
  const lines = Object.entries({ ...rules, ...access }).map(([name, value]) => `${name} = ${value}`);
  const target = `* = host=127.0.0.1 port=${at.port}`;
  await writeFile(ini, ["[databases]", target, "[pgbouncer]", ...lines, ""].join("\n"), { mode: 0o644 });
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const bouncer = spawn(PGBOUNCER, [ini], { stdio: "ignore", ...nobody });
  const isUp = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
  await expect.poll(isUp).toBe(true);
  return bouncer;
}
