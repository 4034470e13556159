import { expect, test } from "vitest";
import { databaseAddress, withDatabase } from "./database-address.ts";

const read = (url: string, env = {}) => databaseAddress(url, env);

test("a URL with everything in front of the query", () => {
  expect(read("postgresql://me%40home:p%40ss%3Aword@db.example:5433/maps?application_name=x")).toEqual({
    hosts: [{ host: "db.example", port: 5_433 }],
    user: "me@home",
    password: "p@ss:word",
    database: "maps",
    tls: {
      mode: "prefer",
      rootCertificateFile: undefined,
      certificateFile: undefined,
      keyFile: undefined,
      keyPassword: undefined,
      isDirect: false,
    },
    needsWrites: false,
    isPooled: false,
    settings: { application_name: "x" },
  });
});

test.each([
  [
    "postgres://me@a:1,b:2/d",
    [
      { host: "a", port: 1 },
      { host: "b", port: 2 },
    ],
  ],
  [
    "postgres://me@a,b/d",
    [
      { host: "a", port: 5_432 },
      { host: "b", port: 5_432 },
    ],
  ],
  [
    "postgres:///d?host=a,b&port=7&user=me",
    [
      { host: "a", port: 7 },
      { host: "b", port: 7 },
    ],
  ],
  ["postgres:///d?host=/run/postgresql&user=me", [{ path: "/run/postgresql/.s.PGSQL.5432" }]],
  ["postgres://me@%2Frun%2Fpostgresql:6000/d", [{ path: "/run/postgresql/.s.PGSQL.6000" }]],
  ["postgres://me@[::1]:5433/d", [{ host: "::1", port: 5_433 }]],
  ["postgres://me@/d", [{ host: "localhost", port: 5_432 }]],
])("the hosts of %s", (url, hosts) => {
  expect(read(url)).toMatchObject({ hosts, user: "me", database: "d" });
});

test("where there are several hosts, the one that takes writes is meant", () => {
  expect(read("postgres://me@a,b/d").needsWrites).toBe(true);
  expect(read("postgres://me@a,b/d?target_session_attrs=any").needsWrites).toBe(false);
  expect(read("postgres://me@a/d?target_session_attrs=primary").needsWrites).toBe(true);
});

test.each([
  ["", "prefer"],
  ["?sslmode=disable", "disable"],
  ["?sslmode=allow", "prefer"],
  ["?ssl=true", "require"],
  ["?sslmode=require&sslrootcert=ca.pem", "verify-ca"],
  ["?sslmode=verify-full", "verify-full"],
  ["?sslrootcert=system", "verify-full"],
  ["?sslmode=require&channel_binding=prefer", "require"],
  ["?sslmode=require&channel_binding=require", "verify-full"],
])("TLS of %j", (query, mode) => {
  const { tls, settings } = read(`postgres://me@a/d${query}`);
  expect(tls.mode).toBe(mode);
  expect(settings).toEqual({});
});

test("the environment of libpq speaks where the URL is silent", () => {
  const env = { PGHOST: "there", PGPORT: "7", PGPASSWORD: "secret", PGUSER: "other", PGDATABASE: "base" };
  expect(read("postgres://", env)).toMatchObject({
    hosts: [{ host: "there", port: 7 }],
    user: "other",
    password: "secret",
    database: "base",
  });
  expect(read("postgres://me:own@here/d", env)).toMatchObject({
    hosts: [{ host: "here" }],
    user: "me",
    password: "own",
    database: "d",
  });
});

test("what a driver elsewhere needs, or leaves without effect, is no setting of the session", () => {
  const query = "?pgbouncer=true&connect_timeout=30&keepalives_idle=5&gssencmode=disable&search_path=maps";
  expect(read(`postgres://me@a/d${query}`)).toMatchObject({
    isPooled: true,
    connectTimeoutMs: 30_000,
    settings: { search_path: "maps" },
  });
});

test.each([
  ["mysql://me@a/d", "must be like postgres:"],
  ["postgres://me@a:0/d", "port"],
  ["postgres://me@a:99999/d", "port"],
  ["postgres://me@a,b,c/d?port=1,2", "3 hosts and 2 ports"],
  ["postgres://me:%zz@a/d", "%25"],
  ["postgres://me@a/d?sslmode=sometimes", "sslmode=sometimes"],
  ["postgres://me@a/d?target_session_attrs=standby", "standby"],
  ["postgres://me@a/d?sslcrl=x", "sslcrl"],
])("%s is refused in words, without its password", (url, words) => {
  expect(() => read(url)).toThrow(words);
});

test("another database of the same server keeps all else", () => {
  expect(withDatabase("postgres://me:x@a:1,b:2/d?sslmode=require&dbname=e", "maps")).toBe(
    "postgres://me:x@a:1,b:2/maps?sslmode=require",
  );
  expect(withDatabase("postgres:///?host=/run", "maps")).toBe("postgres:///maps?host=%2Frun");
});
