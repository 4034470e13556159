import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv, promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { parse } from "yaml";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const SERVICES = ["auth", "project", "task", "console", "gateway"] as const;
const WITH_DATABASE = ["auth", "project", "task"] as const;

interface Compose {
  services: Record<string, { environment: Record<string, string>; read_only?: boolean; cap_drop?: string[] }>;
  configs: { databases: { content: string } };
}

let folder: string;
/** What the documented command makes. */
let secrets: Record<string, string | undefined>;
let compose: Compose;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-compose-"));
  const output = join(folder, ".env");
  await run(process.execPath, ["packages/launch/src/service-keys.ts", "--output", output], { cwd: ROOT });
  secrets = parseEnv(await readFile(output, "utf8"));
  compose = filled(await readFile(`${ROOT}docker-compose.yml`, "utf8"), secrets);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The file as compose reads it: variables filled in, merges applied. */
function filled(text: string, values: Record<string, string | undefined>): Compose {
  const raw = parse(text, { merge: true }) as unknown;
  const fill = (it: unknown): unknown => {
    if (typeof it === "string")
      return it.replace(/\$\{(\w+)(?:(:[-?])([^}]*))?\}/g, (...match) => replacement(match));
    if (Array.isArray(it)) return it.map(fill);
    if (typeof it !== "object" || it === null) return it;
    return Object.fromEntries(Object.entries(it).map(([name, value]) => [name, fill(value)]));
  };
  const replacement = ([, name = "", operator, otherwise = ""]: string[]) => {
    const value = values[name];
    if (value) return value;
    if (operator === ":-") return otherwise;
    throw new Error(`${name} has no value`);
  };
  return fill(raw) as Compose;
}

test("the secrets are in a file that only its owner reads, and that is not written again", async () => {
  const output = join(folder, ".env");
  expect((await stat(output)).mode & 0o777).toBe(0o600);
  const again = run(process.execPath, ["packages/launch/src/service-keys.ts", "--output", output], {
    cwd: ROOT,
  });
  await expect(again).rejects.toThrow(/EEXIST/);
  for (const name of [".gitignore", ".dockerignore"]) {
    expect((await readFile(`${ROOT}${name}`, "utf8")).split("\n")).toContain(".env");
  }
});

test.each(SERVICES)("%s takes its environment as it is written", async (name) => {
  const script = `import { readConfig } from "./services/${name}/src/config.ts"; readConfig();`;
  const args = ["--input-type=module", "--eval", script];
  await run(process.execPath, args, { cwd: ROOT, env: environmentOf(name) });
});

test("development sign-in is off, and not taken in production", async () => {
  const environment = environmentOf("auth");
  expect(environment.DEVELOPMENT_SIGN_IN).toBe("false");
  expect(environment.NODE_ENV).toBe("production");
  const script = `import { readConfig } from "./services/auth/src/config.ts"; readConfig();`;
  const args = ["--input-type=module", "--eval", script];
  const env = { ...environment, DEVELOPMENT_SIGN_IN: "true" };
  await expect(run(process.execPath, args, { cwd: ROOT, env })).rejects.toThrow(
    /DEVELOPMENT_SIGN_IN: must be false/,
  );
});

test("containers write nowhere, and every secret has to be given", async () => {
  for (const name of SERVICES) {
    expect(compose.services[name]).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
    expect(await readFile(`${ROOT}services/${name}/Dockerfile`, "utf8")).toMatch(/^USER node$/m);
  }
  const text = await readFile(`${ROOT}docker-compose.yml`, "utf8");
  for (const name of Object.keys(secrets)) {
    expect(() => filled(text, { ...secrets, [name]: undefined })).toThrow(`${name} has no value`);
  }
});

test("a service's role owns its database, opens no other, and needs no more to migrate it", async () => {
  const admin = postgres(inject("adminUrl"), { max: 1, onnotice: () => {} });
  const suffix = crypto.randomUUID().slice(0, 8);
  const named = (name: string) => `${name}_${suffix}`;
  // The statements of docker-compose.yml, with names that this server does not have yet.
  const statements = compose.configs.databases.content
    .replace(
      /(role|database|owner) (auth|project|task)\b/g,
      (_, kind: string, name: string) => `${kind} ${named(name)}`,
    )
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
  try {
    for (const statement of statements) await admin.unsafe(statement);
    for (const name of WITH_DATABASE) {
      const url = new URL(inject("adminUrl"));
      url.username = named(name);
      url.password = secrets[`${name.toUpperCase()}_DATABASE_PASSWORD`] ?? "";
      url.pathname = `/${named(name)}`;
      const env = { ...process.env, DATABASE_URL: url.href };
      await run(process.execPath, [`services/${name}/src/migrate.ts`], { cwd: ROOT, env });
      url.pathname = `/${named(name === "auth" ? "task" : "auth")}`;
      const stranger = postgres(url.href, { max: 1 });
      await expect(stranger`select 1`).rejects.toThrow(/permission denied for database/);
      await stranger.end();
    }
    const rows = await admin`
      select from pg_roles where rolname = any(${WITH_DATABASE.map(named)}) and (rolsuper or rolcreatedb or rolcreaterole)`;
    expect(rows).toHaveLength(0);
  } finally {
    for (const name of WITH_DATABASE) {
      await admin.unsafe(`drop database if exists ${named(name)} with (force)`);
      await admin.unsafe(`drop role if exists ${named(name)}`);
    }
    await admin.end();
  }
});

function environmentOf(name: (typeof SERVICES)[number]): Record<string, string> {
  const { environment } = compose.services[name] as Compose["services"][string];
  return environment;
}
