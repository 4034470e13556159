import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { TestSystem } from "../system.ts";
import { requestId } from "./door.ts";
import type { Headers, World } from "./world.ts";

/** What every test system's tokens say in `iss`. */
const ISSUER = "http://localhost/tessera";
const LIFETIME_SECONDS = 60;

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A public JWK as JSON, and the key that signs for it. */
export function newPair(): { jwk: string; privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return { jwk: JSON.stringify(publicKey.export({ format: "jwk" })), privateKey };
}

/** An assertion by which a service account proves who it is. */
export function assertionOf(clientId: string, privateKey: KeyObject): string {
  const exp = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
  const claims = { iss: clientId, sub: clientId, aud: ISSUER, exp, jti: randomUUID() };
  const body = `${base64url({ alg: "EdDSA" })}.${base64url(claims)}`;
  return `${body}.${sign(null, Buffer.from(body), privateKey).toString("base64url")}`;
}

const ofAuth = {
  accounts: ({ connections }: TestSystem) => createClient(ServiceAccountService, connections.auth),
  keys: ({ connections }: TestSystem) => createClient(SigningKeyService, connections.auth),
  personal: ({ connections }: TestSystem) => createClient(PersonalAccessTokenService, connections.auth),
  tokens: ({ connections }: TestSystem) => createClient(TokenService, connections.auth),
};

/** A new service account with one key. */
export async function newAccount(
  { system, admin }: Pick<World, "system" | "admin">,
  scopes = ["projects:read", "tasks:read"],
) {
  const { jwk, privateKey } = newPair();
  const clientId = `program-${randomUUID()}`;
  const made = { clientId, description: "a program", scopes, mayAct: true };
  const accounts = ofAuth.accounts(system);
  const { acknowledgement } = await accounts.createServiceAccount(
    { requestId: requestId(), ...made, jwk },
    admin,
  );
  const userId = Number(acknowledgement?.name.split("/")[1]);
  const { serviceAccount } = await accounts.getServiceAccount({ userId: BigInt(userId) }, admin);
  const kid = serviceAccount?.keys[0]?.kid ?? "";
  return { userId, clientId, kid, revision: String(serviceAccount?.revision), privateKey };
}

/** A new service account that is signed in and administers everything. */
export async function newAdministeringProgram(world: Pick<World, "system" | "admin">) {
  const { userId, clientId, privateKey } = await newAccount(world, ["teams:write", "administration"]);
  const { connections } = world.system;
  const users = createClient(UserService, connections.auth);
  const role = { userId: BigInt(userId), systemRole: SystemRole.ADMINISTRATOR, expectedRevision: 1n };
  await users.setSystemRole({ requestId: requestId(), ...role }, world.admin);
  const clientAssertion = assertionOf(clientId, privateKey);
  const { accessToken } = await ofAuth
    .tokens(world.system)
    .createServiceToken({ requestId: requestId(), clientAssertion });
  return { headers: { authorization: `Bearer ${accessToken}` } };
}

/** A new service account as the deployment's settings make them: its token has the scope `services`. */
export async function newDeployed(world: Pick<World, "system" | "admin">) {
  const { system } = world;
  const account = await newAccount(world);
  const { sql } = system.databases.auth;
  await sql`
    update service_accounts set scopes = scopes || array['services'], is_deployed = true
    where user_id = ${account.userId}`;
  const clientAssertion = assertionOf(account.clientId, account.privateKey);
  const { accessToken } = await ofAuth
    .tokens(system)
    .createServiceToken({ requestId: requestId(), clientAssertion });
  return { ...account, who: { headers: { authorization: `Bearer ${accessToken}` } } };
}

/** A personal access token of somebody. */
export async function newPersonalToken({ system }: Pick<World, "system">, who: Headers) {
  const request = {
    requestId: requestId(),
    name: "script",
    scopes: ["account"],
    lifetime: { seconds: 604800n },
  };
  const { acknowledgement, personalAccessToken } = await ofAuth
    .personal(system)
    .createPersonalAccessToken(request, who);
  return { tokenId: acknowledgement?.name.split("/")[1] ?? "", token: personalAccessToken };
}

/** A signing key that does not sign yet, and the one that does. */
export async function newSigningKey({ system, admin }: Pick<World, "system" | "admin">) {
  const keys = ofAuth.keys(system);
  const { acknowledgement } = await keys.rotateSigningKey({ requestId: requestId() }, admin);
  const { signingKeys } = await keys.listSigningKeys({}, admin);
  const SIGNING = 2;
  return {
    upcoming: acknowledgement?.name.split("/")[1] ?? "",
    signing: signingKeys.find(({ state }) => state === SIGNING)?.kid ?? "",
  };
}

/** Gives somebody as many personal access tokens as a person may have. */
export async function fillPersonalTokens({ system }: Pick<World, "system">, who: Headers): Promise<void> {
  const { tokenId } = await newPersonalToken({ system }, who);
  const { sql } = system.databases.auth;
  await sql`
    insert into personal_access_tokens (token_id, user_id, name, token_hash, scopes, session_id, create_time, expire_time)
    select 'full' || ${tokenId} || number, user_id, name, token_hash, scopes, session_id, create_time, expire_time
    from personal_access_tokens, generate_series(1, 99) as number where token_id = ${tokenId}`;
}

/** A new session with both its tokens. */
export async function newTokens({ system }: Pick<World, "system">) {
  const name = `mapper-${60_000 + Math.floor(Math.random() * 30_000)}`;
  const created = await system.auth.createSession({ requestId: requestId(), name });
  const who = { headers: { authorization: `Bearer ${created.accessToken}` } };
  return { ...created, sessionId: created.acknowledgement?.name.split("/")[1] ?? "", who };
}
