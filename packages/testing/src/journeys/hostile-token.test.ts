import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, grpcDoor, restDoor } from "../ground/door.ts";
import { tokenOf } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

/** An RPC of each service that needs a token. */
const METHODS = [
  AuthService.method.getCurrentUser,
  LockService.method.listHeldLocks,
  ProjectService.method.createProject,
];

let system: TestSystem;
let good: string;
let published: { kid: string; x: string };
let requestsOut = 0;
const doors: Record<string, Door> = {};
const stranger = generateKeyPairSync("ed25519");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const trap = createServer((_, response) => {
  requestsOut += 1;
  response.end("{}");
});

beforeAll(async () => {
  trap.listen(0, "127.0.0.1");
  await once(trap, "listening");
  system = await testSystem();
  good = tokenOf(await system.signIn("mapper-1"));
  const [row] = await system.databases.auth.sql<{ public_jwk: typeof published }[]>`
    select public_jwk from signing_keys order by generation desc`;
  published = row?.public_jwk as typeof published;
  const { connections } = system;
  doors.gRPC = grpcDoor((method) => connections[method.parent.typeName.split(".")[1] as "auth"]);
  doors.REST = restDoor(system.url);
});

afterAll(async () => {
  trap.close();
  await system.stop();
});

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = () => JSON.parse(Buffer.from(good.split(".")[1] as string, "base64url").toString());
const header = () => JSON.parse(Buffer.from(good.split(".")[0] as string, "base64url").toString());
const signed = (head: object, body: object, key: KeyObject = stranger.privateKey) => {
  const text = `${base64url(head)}.${base64url(body)}`;
  const algorithm = key.asymmetricKeyType === "rsa" ? "sha256" : null;
  return `${text}.${sign(algorithm, Buffer.from(text), key).toString("base64url")}`;
};
const trapUrl = () => `http://127.0.0.1:${(trap.address() as AddressInfo).port}/keys`;
const [DOT, HUGE] = [".", "A".repeat(3_000)];
const jwkOf = (key: KeyObject) => key.export({ format: "jwk" });

/** Tokens of attackers, by what they try. Made when they are tried: some are of the good one. */
const HOSTILE: Record<string, () => string> = {
  "no signature": () => `${base64url({ alg: "none", typ: "at+jwt" })}.${good.split(".")[1]}.`,
  "no signature, in capitals": () => `${base64url({ ...header(), alg: "NONE" })}.${good.split(".")[1]}.`,
  "the good signature under no algorithm": () =>
    `${base64url({ ...header(), alg: "none" })}.${good.split(".").slice(1).join(DOT)}`,
  "the public key as a shared secret": () => {
    const text = `${base64url({ ...header(), alg: "HS256" })}.${good.split(".")[1]}`;
    return `${text}.${createHmac("sha256", Buffer.from(published.x, "base64url")).update(text).digest("base64url")}`;
  },
  "the published key as JSON as a shared secret": () => {
    const text = `${base64url({ ...header(), alg: "HS256" })}.${good.split(".")[1]}`;
    return `${text}.${createHmac("sha256", JSON.stringify(published)).update(text).digest("base64url")}`;
  },
  "an empty secret": () => {
    const text = `${base64url({ ...header(), alg: "HS256" })}.${good.split(".")[1]}`;
    return `${text}.${createHmac("sha256", "").update(text).digest("base64url")}`;
  },
  "a key of another's, under our key's name": () => signed(header(), claims()),
  "a key of another's, under its own name": () => signed({ ...header(), kid: "theirs" }, claims()),
  "a key of another kind": () => signed({ ...header(), alg: "RS256" }, claims(), rsa.privateKey),
  "a key that it brings along": () => signed({ ...header(), jwk: jwkOf(stranger.publicKey) }, claims()),
  "a key set to be fetched": () => signed({ ...header(), jku: trapUrl() }, claims()),
  "a certificate to be fetched": () => signed({ ...header(), x5u: trapUrl() }, claims()),
  "a key to be read from a file": () => signed({ ...header(), kid: "../../../../dev/null" }, claims()),
  "a key to be looked up in a table": () => signed({ ...header(), kid: "' or 1=1 --" }, claims()),
  "a key without a name": () => signed({ alg: "EdDSA", typ: "at+jwt" }, claims()),
  "an issuer to be asked": () => signed(header(), { ...claims(), iss: trapUrl() }),
  "an extension that must be understood": () => signed({ ...header(), crit: ["b64"], b64: false }, claims()),
  "another person": () => {
    const [head, , signature] = good.split(".");
    return `${head}.${base64url({ ...claims(), sub: "1" })}.${signature}`;
  },
  "more scopes": () => {
    const [head, , signature] = good.split(".");
    return `${head}.${base64url({ ...claims(), scope: "services administration" })}.${signature}`;
  },
  "a signature cut short": () => good.slice(0, -4),
  "a signature of nothing": () => `${good.split(".").slice(0, 2).join(DOT)}.`,
  "a signature of noughts": () => `${good.split(".").slice(0, 2).join(DOT)}.${"A".repeat(86)}`,
  "five parts": () => `${good}.AAAA.AAAA`,
  "a nested object for a header": () =>
    `${base64url({ alg: { alg: "EdDSA" } })}.${good.split(".").slice(1).join(DOT)}`,
  "a list for claims": () => signed(header(), [claims()]),
  "a header that is no JSON": () => `AAAA.${good.split(".").slice(1).join(DOT)}`,
  "deep nesting": () =>
    `${Buffer.from(`${"[".repeat(2_000)}${"]".repeat(2_000)}`)
      .toString("base64url")
      .slice(0, 2_800)}.e30.AA`,
  "one long part": () => `${HUGE}.${"B".repeat(900)}.C`,
  "a refresh token": () => `tsrr_${"A".repeat(91)}`,
  "a personal access token": () => `tsra_${"0".repeat(60)}`,
  dots: () => "..",
  "a word": () => "administrator",
};

describe.each(["gRPC", "REST"])("through %s", (name) => {
  const fields = { project: { name: "x" }, request_id: "hostile-1" };
  const ask = (method: (typeof METHODS)[number], token: string) =>
    (doors[name] as Door).call(method, method === ProjectService.method.createProject ? fields : {}, token);

  test("the token that the forgeries are made of is valid", async () => {
    expect((await ask(AuthService.method.getCurrentUser, good)).reason).toBe("OK");
  });

  test.each(Object.entries(HOSTILE))("%s is refused by every service, in the same words", async (_, make) => {
    for (const method of METHODS) {
      const answer = await ask(method, make());
      expect(answer).toEqual({ reason: "TOKEN_INVALID", fields: [], rules: [], metadata: {}, status: 401 });
    }
  });

  test("a token that is too long is refused, and the service still works", async () => {
    for (const length of [5_000, 60_000]) {
      const call = ask(AuthService.method.getCurrentUser, "A".repeat(length));
      const answer = await call.then(
        ({ reason }) => reason,
        () => "not let in",
      );
      // A header of this size is more than a door takes at all.
      expect(["TOKEN_INVALID", "not let in", "code 8", "code 431"]).toContain(answer);
    }
    expect((await ask(AuthService.method.getCurrentUser, good)).reason).toBe("OK");
  });

  test("nothing was fetched for any of them", () => expect(requestsOut).toBe(0));
});
