import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { type Memberships, MembershipsSchema } from "@tessera/contracts/tessera/auth/v1/membership_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { verifyAccessToken } from "@tessera/identity/access-token.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { type Serving, serve, served } from "@tessera/rpc/serve.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { testDirectory } from "./directory.ts";

/** A log that nobody reads. */
export const silent = createLog({ name: "project", level: "silent" });

export const ISSUER = "https://auth.test";

const { ADMINISTRATOR, MAPPER } = SystemRole;
const { BEGINNER, INTERMEDIATE, ADVANCED } = MappingLevel;

/** The people of the tests. */
export const PEOPLE = {
  administrator: { userId: 1n, name: "administrator", systemRole: ADMINISTRATOR, mappingLevel: ADVANCED },
  otherAdministrator: { userId: 2n, name: "other", systemRole: ADMINISTRATOR, mappingLevel: BEGINNER },
  beginner: { userId: 3n, name: "beginner", systemRole: MAPPER, mappingLevel: BEGINNER },
  intermediate: { userId: 4n, name: "intermediate", systemRole: MAPPER, mappingLevel: INTERMEDIATE },
  advanced: { userId: 5n, name: "advanced", systemRole: MAPPER, mappingLevel: ADVANCED },
  /** Has a good token, and is not there any more. */
  gone: { userId: 6n, name: "gone", systemRole: MAPPER, mappingLevel: BEGINNER },
};

/** Somebody who exists and never calls; the number is one that a JavaScript number cannot hold. */
const UNSEEN = { userId: 9_007_199_254_740_993n, name: "unseen" };

/** The existing ones. */
const PRESENT = Object.values(PEOPLE).filter((it) => it !== PEOPLE.gone);

export type PersonName = keyof typeof PEOPLE;

/** Stands for the auth service by its contract, for tests: real tokens on the real wire, and people that are fixed. */
export interface TestAuth {
  address: string;
  keysUrl: string;
  /** How many times it was asked who somebody is. */
  asked(): number;
  /** What a call by this person carries. */
  as(person: PersonName): { headers: { authorization: string } };
  /** Says what somebody belongs to from now on. */
  belongs(person: PersonName, to: { teams?: number[]; organisations?: number[] }): void;
  /** Stops answering, for keys too. */
  stop(): Promise<void>;
}

/** Starts it. */
export async function testAuth(): Promise<TestAuth> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA");
  const keySet = { keys: [{ ...(await exportJWK(publicKey)), kid: "test", alg: "EdDSA", use: "sig" }] };
  const keysServer = createServer((_, response) => response.end(JSON.stringify(keySet)));
  keysServer.listen(0, "127.0.0.1");
  await once(keysServer, "listening");

  const tokens = new Map<PersonName, string>();
  for (const name of Object.keys(PEOPLE) as PersonName[]) {
    const claims = { client_id: "test", sid: randomUUID(), scope: PERSON_SCOPES.join(" "), ver: 0 };
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "test" })
      .setIssuer(ISSUER)
      .setAudience("tessera")
      .setSubject(String(PEOPLE[name].userId))
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime("10m");
    tokens.set(name, await token.sign(privateKey));
  }
  let asked = 0;
  const memberships = new Map<bigint, Memberships>();
  const serving = await serveAuth(createLocalJWKSet(keySet), memberships, () => {
    asked += 1;
  });
  return {
    address: serving.address,
    keysUrl: `http://127.0.0.1:${(keysServer.address() as AddressInfo).port}/keys`,
    asked: () => asked,
    belongs: (person, { teams = [], organisations = [] }) => {
      const { userId } = PEOPLE[person];
      const version = (memberships.get(userId)?.version ?? 0n) + 1n;
      const as = { organisationId: 1, function: MemberFunction.MEMBER };
      const belonging = { userId, version, managedOrganisationIds: organisations };
      memberships.set(
        userId,
        create(MembershipsSchema, { ...belonging, teams: teams.map((teamId) => ({ teamId, ...as })) }),
      );
    },
    as: (person) => ({ headers: { authorization: `Bearer ${tokens.get(person)}` } }),
    stop: async () => {
      keysServer.close();
      keysServer.closeAllConnections();
      await serving.stop();
    },
  };
}

function serveAuth(
  keys: ReturnType<typeof createLocalJWKSet>,
  memberships: ReadonlyMap<bigint, Memberships>,
  onAsked: () => void,
): Promise<Serving> {
  const notHere = () => Promise.reject(new ConnectError("not in tests", Code.Unimplemented));
  const refuse = refusals(ReasonSchema);
  const notThere = Object.fromEntries(AuthService.methods.map(({ localName }) => [localName, notHere]));
  const impl = {
    ...(notThere as unknown as ServiceImpl<typeof AuthService>),
    getCurrentUser: async (_: unknown, context: Pick<HandlerContext, "values">) => {
      onAsked();
      const user = PRESENT.find(({ userId }) => userId === callerOf(context).userId);
      if (user === undefined) throw refuse(Reason.TOKEN_INVALID);
      return { user };
    },
  };
  const members: ServiceImpl<typeof MembershipService> = {
    batchGetMemberships: async ({ userIds }) => ({
      memberships: userIds.map((userId) => memberships.get(userId) ?? create(MembershipsSchema, { userId })),
    }),
    getCurrentUserMemberships: notHere,
    getUserMemberships: notHere,
  };
  return serve({
    services: [
      served(AuthService, impl),
      served(MembershipService, members),
      ...testDirectory([...PRESENT, UNSEEN]),
    ],
    verify: verifyAccessToken({ issuer: ISSUER, keys, service: "auth" }),
    log: silent,
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
}
