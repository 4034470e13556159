import { userInfo } from "node:os";

/** Where one server of a database listens. */
export type Host = { host: string; port: number } | { path: string };

/** What `sslmode` and its companions ask for, as libpq understands them. */
export interface TlsRules {
  mode: "disable" | "prefer" | "require" | "verify-ca" | "verify-full";
  /** Authorities that are trusted; those of this Node.js without it. */
  rootCertificateFile?: string | undefined;
  certificateFile?: string | undefined;
  keyFile?: string | undefined;
  keyPassword?: string | undefined;
  /** TLS begins at once, without PostgreSQL's question whether the server speaks it. */
  isDirect: boolean;
}

/** A database's address, read from a URL as libpq reads it. */
export interface DatabaseAddress {
  hosts: Host[];
  user: string;
  password: string;
  database: string;
  tls: TlsRules;
  /** A server that takes no writes is passed over. */
  needsWrites: boolean;
  /** A pooler in transaction mode stands before the server: nothing belongs to a session. */
  isPooled: boolean;
  connectTimeoutMs?: number;
  /** Settings for the session, such as `application_name`. */
  settings: Record<string, string>;
}

type Parameters = Map<string, string>;

const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const HOST_PARTS = /^(\[[^\]]+\]|[^:]*)(?::(\d*))?$/;
const DEFAULT_PORT = 5_432;

/** What the environment gives where the URL is silent, by the parameter's name. */
const FROM_ENVIRONMENT: Record<string, string> = {
  host: "PGHOST",
  port: "PGPORT",
  user: "PGUSER",
  password: "PGPASSWORD",
  dbname: "PGDATABASE",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
};

/** Parameters of libpq that change nothing here: how often a connection is probed is the pool's own affair. */
const WITHOUT_EFFECT = ["keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"].concat(
  ["tcp_user_timeout", "fallback_application_name", "client_encoding", "sslcompression", "sslsni"],
  ["load_balance_hosts", "uselibpqcompat"],
);

/** Reads the URL of a database. Throws an Error with a sentence for people, without the password. */
export function databaseAddress(text: string, env: NodeJS.ProcessEnv = process.env): DatabaseAddress {
  const [, login = "", authority = "", path = "", query = ""] = URL_PARTS.exec(text) ?? refuse();
  const given: Parameters = new Map(new URLSearchParams(query));
  const colon = login.indexOf(":");
  take(given, "user", decoded(colon < 0 ? login : login.slice(0, colon)));
  take(given, "password", colon < 0 ? "" : decoded(login.slice(colon + 1)));
  take(given, "dbname", decoded(path));
  const named = authority.split(",").map((it) => HOST_PARTS.exec(it) ?? refuse());
  take(given, "host", named.map(([, host = ""]) => decoded(host)).join(","));
  take(given, "port", named.map(([, , port = ""]) => port).join(","));
  for (const [name, variable] of Object.entries(FROM_ENVIRONMENT)) take(given, name, env[variable] ?? "");

  const hosts = hostsOf(pull(given, "host") ?? "localhost", pull(given, "port") ?? "");
  const user = pull(given, "user") ?? userInfo().username;
  const tls = tlsOf(given);
  const timeout = pull(given, "connect_timeout");
  for (const name of WITHOUT_EFFECT) given.delete(name);
  return {
    hosts,
    user,
    password: pull(given, "password") ?? "",
    database: pull(given, "dbname") ?? user,
    tls,
    needsWrites: needsWrites(pull(given, "target_session_attrs"), hosts),
    isPooled: pull(given, "pgbouncer") === "true",
    ...(timeout !== undefined && Number(timeout) > 0 && { connectTimeoutMs: Number(timeout) * 1_000 }),
    settings: Object.fromEntries(given),
  };
}

function refuse(): never {
  throw new Error("must be like postgres://user:password@host:5432/database");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error("has a % that starts no percent-encoding: write a literal % as %25");
  }
}

/** A parameter of the query wins over the same in front of it, as in libpq. */
function take(given: Parameters, name: string, value: string): void {
  if (!given.get(name) && value.replaceAll(",", "") !== "") given.set(name, value);
}

function pull(given: Parameters, name: string): string | undefined {
  const value = given.get(name);
  given.delete(name);
  return value || undefined;
}

function hostsOf(hosts: string, ports: string): Host[] {
  const portOf = ports.split(",");
  const names = hosts.split(",");
  if (portOf.length > 1 && portOf.length !== names.length)
    throw new Error(`names ${names.length} hosts and ${portOf.length} ports: give one port, or one for each`);
  return names.map((name, index) => {
    const port = Number((portOf.length > 1 ? portOf[index] : portOf[0]) || DEFAULT_PORT);
    if (!(port > 0 && port < 65_536)) throw new Error("has a port that is not a number from 1 to 65535");
    if (name.startsWith("/")) return { path: `${name}/.s.PGSQL.${port}` };
    return { host: name.replace(/^\[(.*)\]$/, "$1") || "localhost", port };
  });
}

const MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
/** Other spellings that are in use. */
const ALIASES: Record<string, TlsRules["mode"]> = {
  allow: "prefer",
  "no-verify": "require",
  true: "require",
  false: "disable",
};

function tlsOf(given: Parameters): TlsRules {
  const asked = pull(given, "sslmode") ?? pull(given, "ssl");
  const root = pull(given, "sslrootcert");
  given.delete("ssl");
  const word = asked ?? (root === "system" ? "verify-full" : "prefer");
  const mode = ALIASES[word] ?? MODES.find((it) => it === word);
  if (mode === undefined) throw new Error(`has sslmode=${word}, which is none of ${MODES.join(", ")}, allow`);
  const rootCertificateFile = root === "system" ? undefined : root;
  return {
    mode: atLeast(mode, proofAsked(given, rootCertificateFile)),
    rootCertificateFile,
    certificateFile: pull(given, "sslcert"),
    keyFile: pull(given, "sslkey"),
    keyPassword: pull(given, "sslpassword"),
    isDirect: pull(given, "sslnegotiation") === "direct",
  };
}

/**
 * How much of the server must be proven beyond `sslmode`. The driver cannot bind a login to its channel; where that is
 * required, the server proves its name by its certificate instead, which keeps out the same go-betweens.
 */
function proofAsked(given: Parameters, root: string | undefined): TlsRules["mode"] {
  const binding = pull(given, "channel_binding");
  const gss = pull(given, "gssencmode");
  const absent = ["sslcrl", "sslcrldir", "requirepeer", "require_auth"].find((name) => given.has(name));
  if (absent !== undefined) throw new Error(`asks for ${absent}, which is not supported: leave it out`);
  if (gss === "require") throw new Error("asks for gssencmode=require, which is not supported: use TLS");
  if (binding === "require") return "verify-full";
  return root === undefined ? "disable" : "prefer";
}

/** `require` with a file of authorities checks the certificate against it, as in libpq. */
function atLeast(mode: TlsRules["mode"], proof: TlsRules["mode"]): TlsRules["mode"] {
  if (proof === "verify-full") return "verify-full";
  return mode === "require" && proof === "prefer" ? "verify-ca" : mode;
}

function needsWrites(attributes: string | undefined, hosts: Host[]): boolean {
  if (attributes === undefined) return hosts.length > 1;
  if (attributes === "any" || attributes === "prefer-standby") return false;
  if (attributes === "read-write" || attributes === "primary") return true;
  throw new Error(`has target_session_attrs=${attributes}: a service writes, so use read-write or any`);
}

/** The URL of another database on the same server, for the same role. */
export function withDatabase(text: string, database: string): string {
  const [, login, authority = "", , query = ""] = URL_PARTS.exec(text) ?? refuse();
  const given = new URLSearchParams(query);
  given.delete("dbname");
  const parameters = given.size > 0 ? `?${given}` : "";
  return `postgres://${login === undefined ? "" : `${login}@`}${authority}/${database}${parameters}`;
}
