import { randomUUID } from "node:crypto";

/** Everybody who may come to call, by what they are to what the call is about. */
export const ROLES = ["nobody", "stranger", "owner", "administrator", "service", "blocked", "ended"] as const;
export type Role = (typeof ROLES)[number];

/** What a call is about: of the owner, but for what belongs to the deployment. */
export interface Target {
  userId: bigint;
  sessionId: string;
  tokenId: string;
  accountId: bigint;
  accountKid: string;
  upcomingKid: string;
  refreshToken: string;
  accessToken: string;
  personalAccessToken: string;
  jwk: string;
}

/** By role: what the RPC answers. Nobody, who is blocked, and whose session is revoked are in no row: see EVERYWHERE. */
export interface Row {
  request: (target: Target) => object;
  stranger: string;
  owner: string;
  administrator: string;
  service: string;
  /** A caller without a token; as a stranger unless it says otherwise, where no token is needed. */
  nobody?: string;
}

/** What holds for every RPC that needs a token. */
export const EVERYWHERE: Partial<Record<Role, string>> = {
  nobody: "TOKEN_MISSING",
  blocked: "USER_BLOCKED",
  ended: "TOKEN_REVOKED",
};

const command = (fields: object = {}) => ({ requestId: randomUUID(), ...fields });
const all = (answer: string) => ({ stranger: answer, owner: answer, administrator: answer, service: answer });
const SCOPE = "SCOPE_MISSING";
const administrators = {
  stranger: "NOT_ADMINISTRATOR",
  owner: "NOT_ADMINISTRATOR",
  administrator: "OK",
  service: SCOPE,
};
const owners = (hidden: string) => ({ stranger: hidden, owner: "OK", administrator: "OK", service: SCOPE });
const services = (answer: string) => ({
  stranger: SCOPE,
  owner: SCOPE,
  administrator: SCOPE,
  service: answer,
});

/** By RPC: what each role gets. What has no row here fails the test: nothing is allowed by not being thought of. */
export const ROWS: Record<string, Row> = {
  "AuthService.CreateSession": { request: () => command({ name: "mapper-7" }), ...all("OK") },
  "AuthService.RefreshSession": { request: ({ refreshToken }) => command({ refreshToken }), ...all("OK") },
  "AuthService.GetSession": { request: ({ sessionId }) => ({ sessionId }), ...owners("SESSION_NOT_FOUND") },
  "AuthService.ListSessions": { request: ({ userId }) => ({ userId }), ...owners("NOT_ADMINISTRATOR") },
  "AuthService.RevokeSession": {
    request: ({ sessionId }) => command({ sessionId }),
    ...owners("SESSION_NOT_FOUND"),
  },
  "AuthService.RevokeSessions": {
    request: ({ userId }) => command({ userId }),
    ...owners("NOT_ADMINISTRATOR"),
  },
  "AuthService.GetCurrentUser": { request: () => ({}), ...all("OK"), service: SCOPE },
  "RevocationService.WatchRevocations": { request: () => ({}), ...services("OK") },
  "TokenService.CreateServiceToken": {
    request: () => command({ clientAssertion: "x" }),
    ...all("ASSERTION_INVALID"),
  },
  "TokenService.CreateKeyToken": {
    request: ({ personalAccessToken }) => command({ personalAccessToken }),
    ...all("OK"),
  },
  // The service of this table is a service account that may not act.
  "TokenService.ExchangeToken": {
    request: ({ accessToken }) => command({ subjectToken: accessToken, audience: "tessera:task" }),
    ...services("ACTING_NOT_PERMITTED"),
  },
  "TokenService.IntrospectToken": {
    request: ({ accessToken }) => ({ token: accessToken }),
    ...services("OK"),
  },
  "TokenService.IssueStreamTicket": {
    request: () => ({ path: "/v1/task-events" }),
    ...all("OK"),
    nobody: "TOKEN_MISSING",
  },
  "TokenService.RevokeToken": { request: ({ accessToken }) => command({ token: accessToken }), ...all("OK") },
  "ServiceAccountService.CreateServiceAccount": {
    request: () => command({ clientId: `x-${randomUUID()}`, scopes: ["tasks:read"] }),
    ...administrators,
  },
  "ServiceAccountService.GetServiceAccount": {
    request: ({ accountId }) => ({ userId: accountId }),
    ...administrators,
  },
  "ServiceAccountService.ListServiceAccounts": { request: () => ({}), ...administrators },
  "ServiceAccountService.UpdateServiceAccount": {
    request: ({ accountId }) =>
      command({
        serviceAccount: { userId: accountId, scopes: ["tasks:read"] },
        updateMask: { paths: ["scopes"] },
        expectedRevision: 2n,
      }),
    ...administrators,
  },
  "ServiceAccountService.DeleteServiceAccount": {
    request: ({ accountId }) => command({ userId: accountId }),
    ...administrators,
  },
  "ServiceAccountService.CreatePublicKey": {
    request: ({ accountId, jwk }) => command({ userId: accountId, jwk }),
    ...administrators,
  },
  "ServiceAccountService.RevokePublicKey": {
    request: ({ accountId, accountKid }) => command({ userId: accountId, kid: accountKid }),
    ...administrators,
  },
  "PersonalAccessTokenService.CreatePersonalAccessToken": {
    request: () => command({ name: "x", scopes: ["account"], lifetime: { seconds: 86400n } }),
    ...all("OK"),
    service: SCOPE,
  },
  "PersonalAccessTokenService.GetPersonalAccessToken": {
    request: ({ tokenId }) => ({ tokenId }),
    ...owners("PERSONAL_ACCESS_TOKEN_NOT_FOUND"),
  },
  "PersonalAccessTokenService.ListPersonalAccessTokens": {
    request: ({ userId }) => ({ userId }),
    ...owners("NOT_ADMINISTRATOR"),
  },
  "PersonalAccessTokenService.RevokePersonalAccessToken": {
    request: ({ tokenId }) => command({ tokenId }),
    ...owners("PERSONAL_ACCESS_TOKEN_NOT_FOUND"),
  },
  "SigningKeyService.ListSigningKeys": { request: () => ({}), ...administrators },
  "SigningKeyService.GetSigningKey": {
    request: ({ upcomingKid }) => ({ kid: upcomingKid }),
    ...administrators,
  },
  "SigningKeyService.RotateSigningKey": { request: () => command(), ...administrators },
  "SigningKeyService.RevokeSigningKey": {
    request: ({ upcomingKid }) => command({ kid: upcomingKid }),
    ...administrators,
  },
};
