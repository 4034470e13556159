import { generateKeyPairSync, randomUUID } from "node:crypto";
import type { DescMethod } from "@bufbuild/protobuf";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { RevocationService } from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { Admission } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { EVERYWHERE, ROLES, ROWS, type Role, type Row, type Target } from "./token-matrix.table.ts";

type Who = { headers?: { authorization: string } };

const SERVICES = [
  AuthService,
  RevocationService,
  TokenService,
  ServiceAccountService,
  PersonalAccessTokenService,
  SigningKeyService,
];
const METHODS: DescMethod[] = SERVICES.flatMap(({ methods }) => methods as DescMethod[]);
const nameOf = (method: DescMethod) => `${method.parent.name}.${method.name}`;

let system: TestSystem;
let people = 2_000;
const fixed = {} as Record<Exclude<Role, "owner">, Who>;

const signIn = async (name: string) => {
  const answer = await system.client.createSession({ requestId: randomUUID(), name });
  return { ...answer, who: { headers: { authorization: `Bearer ${answer.accessToken}` } } };
};

beforeAll(async () => {
  system = await testSystem();
  fixed.nobody = {};
  fixed.stranger = (await signIn("mapper-1")).who;
  fixed.administrator = (await signIn("administrator")).who;
  fixed.service = await system.signInService("mapper-2");
  const blocked = await signIn("mapper-3");
  await system.database.sql`update users set blocked = true where name = 'mapper-3'`;
  fixed.blocked = blocked.who;
  const ended = await signIn("mapper-4");
  await system.client.revokeSessions({ requestId: randomUUID() }, ended.who);
  fixed.ended = ended.who;
});

afterAll(() => system.stop());

const newJwk = () => JSON.stringify(generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }));

/**
 * A new owner with all that a person has, and what the deployment has, so that no case meets what another left. A new
 * signing key is there only for those that it concerns.
 */
async function ground({ parent }: DescMethod): Promise<{ target: Target; owner: Who }> {
  const { administrator } = fixed;
  const person = await signIn(`mapper-${++people}`);
  const { user } = await system.client.getCurrentUser({}, person.who);
  const personal = await system
    .clientOf(PersonalAccessTokenService)
    .createPersonalAccessToken(
      { requestId: randomUUID(), name: "x", scopes: ["account"], lifetime: { seconds: 86400n } },
      person.who,
    );
  const accounts = system.clientOf(ServiceAccountService);
  const made = { clientId: `a-${randomUUID()}`, scopes: ["tasks:read"], jwk: newJwk() };
  const account = await accounts.createServiceAccount({ requestId: randomUUID(), ...made }, administrator);
  const accountId = BigInt(account.acknowledgement?.name.split("/")[1] as string);
  const { serviceAccount } = await accounts.getServiceAccount({ userId: accountId }, administrator);
  const keys = system.clientOf(SigningKeyService);
  const key =
    parent === SigningKeyService && (await keys.rotateSigningKey({ requestId: randomUUID() }, administrator));
  const target = {
    userId: user?.userId as bigint,
    sessionId: person.acknowledgement?.name.split("/")[1] as string,
    tokenId: personal.acknowledgement?.name.split("/")[1] as string,
    accountId,
    accountKid: serviceAccount?.keys[0]?.kid as string,
    upcomingKid: key ? (key.acknowledgement?.name.split("/")[1] as string) : "none",
    refreshToken: person.refreshToken,
    accessToken: person.accessToken,
    personalAccessToken: personal.personalAccessToken,
    jwk: newJwk(),
  };
  return { target, owner: person.who };
}

async function answerOf(method: DescMethod, request: object, who: Who): Promise<string> {
  const client = system.clientOf(method.parent as never) as unknown as Record<
    string,
    (request: object, options: Who) => unknown
  >;
  let isOk = false;
  const call = async () => {
    const answer = client[method.localName]?.(request, who);
    if (method.methodKind === "unary") await answer;
    else for await (const _ of answer as AsyncIterable<unknown>) break;
    isOk = true;
  };
  const refusal = await refusalOf(call()).catch(() => undefined);
  return isOk ? "OK" : (refusal?.reason ?? "an error without a reason");
}

/** A public RPC needs no token, and refuses an invalid one. */
function expectedOf(method: DescMethod, role: Role, row: Row): string {
  if (role === "nobody" && rulesOf(method).admission === Admission.PUBLIC) return row.nobody ?? row.stranger;
  return EVERYWHERE[role] ?? row[role as keyof Omit<Row, "request" | "nobody">];
}

test.each(METHODS.map((method) => [nameOf(method), method] as const))(
  "%s answers every role as its row says",
  async (name, method) => {
    const row = ROWS[name];
    expect(row, `${name} has no row`).toBeDefined();
    let { target, owner } = await ground(method);
    for (const role of ROLES) {
      const who = role === "owner" ? owner : fixed[role];
      const answer = await answerOf(method, (row as Row).request(target), who);
      expect(`${role}: ${answer}`).toBe(`${role}: ${expectedOf(method, role, row as Row)}`);
      // A refused call changes nothing, which the next role's answer shows.
      if (answer === "OK") ({ target, owner } = await ground(method));
    }
  },
);
