import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, type ConnectError, createClient, type ServiceImpl } from "@connectrpc/connect";
import * as x509 from "@peculiar/x509";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { ANONYMOUS } from "./caller.ts";
import { connect } from "./connect.ts";
import { isServing } from "./health-check.ts";
import { refusalIn } from "./refusal-wire.ts";
import { type Serving, serve, served } from "./serve.ts";
import { type Tls, tlsOf, tlsVariables } from "./tls.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const LOOK_MS = 50;
const folder = mkdtempSync(join(tmpdir(), "tessera-tls-"));
const variables = z.object(tlsVariables);
let serving: Serving;

/** An authority of certificates. */
interface Authority {
  certificate: x509.X509Certificate;
  keys: webcrypto.CryptoKeyPair;
}

x509.cryptoProvider.set(webcrypto as never);

const aDay = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
const newKeys = () =>
  webcrypto.subtle.generateKey(CURVE, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;

async function newAuthority(): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=authority",
    keys: keys as never,
    signingAlgorithm: CURVE,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    ...aDay,
  });
  return { certificate, keys };
}

/** Writes the files of a certificate that `authority` signed; returns the settings that name them. */
async function write(
  name: string,
  authority: Authority,
  believed = authority,
): Promise<Record<string, string>> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey as never,
    signingKey: authority.keys.privateKey as never,
    signingAlgorithm: CURVE,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: name },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
    ...aDay,
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  const files = {
    TLS_CERTIFICATE_FILE: certificate.toString("pem"),
    TLS_KEY_FILE: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    TLS_AUTHORITIES_FILE: believed.certificate.toString("pem"),
  };
  return Object.fromEntries(
    Object.entries(files).map(([variable, text]) => {
      const path = join(folder, `${name}-${variable}.pem`);
      writeFileSync(path, text);
      return [variable, path];
    }),
  );
}

const open = (settings: Record<string, string>) => tlsOf(variables.parse(settings), LOOK_MS) as Tls;

/** What comes of a call with these settings: "OK", the reason against it, or the code of the failure. */
async function call(
  tls: Tls | undefined,
  method: "getCurrentUser" | "getSession" = "getCurrentUser",
): Promise<string> {
  const connection = connect(serving.address, { tls });
  const client = createClient(AuthService, connection);
  const options = { headers: { authorization: "Bearer good" }, timeoutMs: 2_000 };
  const sessionId = "0b7f7f3e-2f0b-4e0a-9d0e-111111111111";
  const answer =
    method === "getSession" ? client.getSession({ sessionId }, options) : client.getCurrentUser({}, options);
  return answer
    .then(
      () => "OK",
      (error: ConnectError) => refusalIn(error)?.reason.name ?? (Code[error.code] as string),
    )
    .finally(() => connection.close());
}

let ours: Authority;

beforeAll(async () => {
  ours = await newAuthority();
  const callers = { "tessera.auth.v1.AuthService/GetCurrentUser": ["project", "task"], "*": ["gateway"] };
  const impl = new Proxy({}, { get: () => async () => ({}), has: () => true }) as ServiceImpl<
    typeof AuthService
  >;
  const settings = { ...(await write("auth", ours)), TLS_CALLERS: JSON.stringify(callers) };
  serving = await serve({
    services: [served(AuthService, impl)],
    verify: () => ({ ...ANONYMOUS, userId: 1n, sessionId: "s", scopes: new Set(["account"]) }),
    tls: open(settings),
    log: pino({ level: "silent" }),
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
});

afterAll(async () => {
  await serving.stop();
  rmSync(folder, { recursive: true });
});

test("a client that the list names for an RPC may call it, and no other that it is not named for", async () => {
  const project = open(await write("project", ours));
  expect(await call(project)).toBe("OK");
  expect(await call(project, "getSession")).toBe("PEER_NOT_ALLOWED");
  const gateway = open(await write("gateway", ours));
  expect(await call(gateway, "getSession")).toBe("OK");
  expect(await call(gateway)).toBe("PEER_NOT_ALLOWED");
});

test("a client in plain text, or with a certificate of another authority, does not get in", async () => {
  expect(await call(undefined)).toBe("Unavailable");
  const other = await newAuthority();
  expect(await call(open(await write("task", other, ours)))).toBe("Unavailable");
});

test("a server that another authority vouches for is not believed", async () => {
  expect(await call(open(await write("task", ours, await newAuthority())))).toBe("Unavailable");
});

test("certificates are replaced without a restart", async () => {
  const other = await newAuthority();
  const settings = await write("task", other, ours);
  const task = open(settings);
  expect(await call(task)).toBe("Unavailable");
  await write("task", ours);
  await vi.waitFor(async () => expect(await call(task)).toBe("OK"), { timeout: 60_000, interval: 100 });
});

test("the health check speaks TLS as well", async () => {
  expect(await isServing(serving.address)).toBe(false);
  expect(await isServing(serving.address, open(await write("gateway", ours)).channel)).toBe(true);
});

test("settings that are there by half are a fault", () => {
  expect(() => tlsOf(variables.parse({ TLS_KEY_FILE: "key.pem" }))).toThrow(/set together/);
  expect(variables.safeParse({ TLS_CALLERS: "{" }).error?.issues[0]?.message).toBe("must be JSON");
});
