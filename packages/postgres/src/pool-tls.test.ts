import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Embedded, startEmbedded } from "@tessera/embedded-postgres/server.ts";
import { type Authority, newAuthority } from "@tessera/testing/ground/certificates.ts";
import { type TcpProxy, tcpProxy } from "@tessera/testing/ground/tcp-proxy.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseFailure } from "./database-failure.ts";
import { connectPool, type PoolOptions } from "./pool.ts";

let folder: string;
let server: Embedded;
let proxy: TcpProxy;
let authority: Authority;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-test-tls-"));
  authority = await newAuthority();
  const stranger = await newAuthority("stranger");
  await writeFile(join(folder, "root.crt"), authority.certificate);
  await writeFile(join(folder, "stranger.crt"), stranger.certificate);
  server = await startEmbedded({
    folder: join(folder, "postgres"),
    tls: await authority.certify({ dns: ["db.example"], ip: ["127.0.0.1"] }),
  });
  proxy = await tcpProxy({ host: "127.0.0.1", port: Number(new URL(server.url("postgres")).port) });
});

afterAll(async () => {
  await proxy?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The server's URL, through the proxy, with these parameters. */
function url(parameters: string, host = "127.0.0.1"): string {
  const { username, password } = new URL(server.url("postgres"));
  return `postgres://${username}:${password}@${host}:${proxy.port}/postgres?${parameters}`;
}

const root = () => `sslrootcert=${join(folder, "root.crt")}`;

/** "TLS" or "clear" for how a connection to this URL travels; else what the failure says. */
async function through(
  parameters: string,
  host?: string,
  options: Partial<PoolOptions> = {},
): Promise<string> {
  const sql = connectPool(url(parameters, host), {
    applicationName: "tls",
    max: 1,
    waitMs: 10_000,
    ...options,
  });
  try {
    const [row] = await sql<{ ssl: boolean }[]>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
    return row?.ssl ? "TLS" : "clear";
  } catch (error) {
    expect(databaseFailure(error)).toBe("unavailable");
    return (error as Error).message;
  } finally {
    await sql.end();
  }
}

test("TLS is used where the server speaks it, and left where the URL says so", async () => {
  expect(await through("")).toBe("TLS");
  expect(await through("sslmode=prefer")).toBe("TLS");
  expect(await through("sslmode=require")).toBe("TLS");
  expect(await through("sslmode=disable")).toBe("clear");
});

test("verify-full compares the certificate with the host of the URL, names and addresses alike", async () => {
  expect(await through(`sslmode=verify-full&${root()}`)).toBe("TLS");
  expect(await through(`sslmode=verify-full&${root()}`, "localhost")).toMatch(/localhost/);
  expect(await through(`sslmode=verify-ca&${root()}`, "localhost")).toBe("TLS");
});

test("a certificate of an untrusted authority is refused, if certificates are verified", async () => {
  const stranger = `sslrootcert=${join(folder, "stranger.crt")}`;
  for (const mode of ["require", "verify-ca", "verify-full"])
    expect(await through(`sslmode=${mode}&${stranger}`)).toMatch(/certificate/);
  expect(await through("sslmode=verify-full")).toMatch(/certificate/);
  expect(await through("sslmode=verify-full&sslrootcert=/nowhere.crt")).toMatch(/nowhere/);
});

test("channel binding is no setting of the server; where it is required, the certificate proves the server", async () => {
  expect(await through("sslmode=require&channel_binding=prefer")).toBe("TLS");
  expect(await through(`sslmode=require&channel_binding=require&${root()}`)).toBe("TLS");
  expect(await through(`sslmode=require&channel_binding=require&${root()}`, "localhost")).toMatch(
    /localhost/,
  );
});

test("a server that proves another name than that of the URL is refused, though it is of the right authority", async () => {
  const other = await startEmbedded({
    folder: join(folder, "other"),
    tls: await authority.certify({ dns: ["localhost"] }),
  });
  const { username, password, port } = new URL(other.url("postgres"));
  const sql = connectPool(
    `postgres://${username}:${password}@127.0.0.1:${port}/postgres?sslmode=verify-full&${root()}`,
    { applicationName: "tls", waitMs: 10_000 },
  );
  await expect(sql`select 1`.execute()).rejects.toThrow("127.0.0.1");
  await sql.end();
  await other.stop();
});

/**
 * A process of its own, like a service: calls continue while connections are cut at every stage of opening. It prints
 * what the calls came to, and ends by itself.
 */
const CALLER = `
  const [, modules, url, limitMs] = process.argv;
  const { connectPool } = await import(modules + "pool.ts");
  const { databaseFailure } = await import(modules + "database-failure.ts");
  const sql = connectPool(url, { applicationName: "caller", connectTimeoutMs: Number(limitMs) });
  const seen = {};
  let isOver = false;
  let isLast = false;
  process.on("message", () => { isLast = true; });
  process.send("calling");
  await Promise.all(Array.from({ length: 12 }, async (_, index) => {
    while (!isOver) {
      const call = index % 2 ? sql\`select \${index}::int\` : sql.begin((tx) => tx\`select 1\`);
      const outcome = await call.then(() => "answered", (error) => databaseFailure(error) ?? String(error.stack));
      seen[outcome] = (seen[outcome] ?? 0) + 1;
      // Not before the database is back.
      if (isLast && outcome === "answered") isOver = true;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }));
  await sql.end();
  process.send(seen);
  process.disconnect();
`;

test.each([
  ["TLS", "sslmode=require"],
  ["no TLS", "sslmode=disable"],
])(
  "over %s, connections that are cut at any stage, or not opened in time, end no process",
  async (_, mode) => {
    const modules = new URL("./", import.meta.url).href;
    proxy.delayMs = 15;
    const child = spawn(process.execPath, ["--input-type=module", "-e", CALLER, modules, url(mode), "250"], {
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    let complaint = "";
    child.stderr?.on("data", (text) => {
      complaint += text;
    });
    const messages: unknown[] = [];
    child.on("message", (message) => messages.push(message));
    const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
    await expect.poll(() => messages.length).toBe(1);
    for (let cuts = 0; cuts < 30; cuts++) {
      // Every stage of a connection's life takes some multiple of the delay.
      const before = proxy.taken;
      await expect.poll(() => proxy.taken, { interval: 5 }).toBeGreaterThan(before - 1);
      await sleep(cuts * 11);
      proxy.cut();
      if (cuts % 10 === 9) {
        proxy.isSilent = true;
        await sleep(600);
        proxy.isSilent = false;
      }
    }
    proxy.delayMs = 0;
    if (child.connected) child.send("enough");
    expect({ code: await exited, complaint }).toEqual({ code: 0, complaint: "" });
    const seen = messages[1] as Record<string, number>;
    expect(Object.keys(seen).sort()).toEqual(["answered", "unavailable"]);
  },
);
