import type { DescMethod, JsonObject } from "@bufbuild/protobuf";
import { isCommand, rulesOf } from "@tessera/contracts/reason-facts.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { RevocationService } from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { type Case, casesOf, command, NOWHERE } from "../ground/case.ts";
import {
  assertionOf,
  fillPersonalTokens,
  newAccount,
  newDeployed,
  newPair,
  newPersonalToken,
  newSigningKey,
  newTokens,
} from "../ground/machine-ground.ts";
import { tokenOf } from "../ground/world.ts";

const auth = AuthService.method;
const token = TokenService.method;
const account = ServiceAccountService.method;
const personal = PersonalAccessTokenService.method;
const key = SigningKeyService.method;
/** What no administrator does to a service of the deployment. */
const OF_SERVICES: [DescMethod, JsonObject][] = [
  [auth.revokeSessions, {}],
  [UserService.method.blockUser, { reason: "Spam." }],
  [UserService.method.setSystemRole, { system_role: "SYSTEM_ROLE_ADMINISTRATOR", expected_revision: 1 }],
  [UserService.method.setMappingLevel, { mapping_level: "MAPPING_LEVEL_ADVANCED", expected_revision: 1 }],
];
const NO_SESSION = "0b7f7f3e-2f0b-4e0a-9d0e-111111111111";
const NO_TOKEN = "00000000000";

/** Callers that are always refused: one without a token, one whose token has other scopes, a forger of pages. */
function gated(method: DescMethod, fields: JsonObject): Case[] {
  const request = () => (isCommand(method) ? command(fields) : fields);
  const { refusals, scope } = rulesOf(method);
  return [
    ...casesOf(method, ["by nobody", "TOKEN_MISSING", async () => ({ request: request() })]),
    ...(scope === "services"
      ? casesOf(method, [
          "by a person",
          "SCOPE_MISSING",
          async ({ admin }) => ({ request: request(), who: admin }),
        ])
      : casesOf(method, [
          "by a service",
          "SCOPE_MISSING",
          async ({ newService }) => ({ request: request(), who: await newService() }),
        ])),
    ...(refusals.includes("PAGE_TOKEN_INVALID")
      ? casesOf(
          method,
          [
            "with a forged page token",
            "PAGE_TOKEN_INVALID",
            async ({ admin }) => ({ request: { ...request(), page_token: "abc" }, who: admin }),
          ],
          [
            "with a page of less than nothing",
            "FIELD_INVALID",
            async ({ admin }) => ({ request: { ...request(), page_size: -1 }, who: admin }),
          ],
        )
      : []),
    ...(scope === "administration"
      ? casesOf(method, [
          "by a mapper",
          "NOT_ADMINISTRATOR",
          async ({ mapper }) => ({ request: request(), who: mapper }),
        ])
      : []),
  ];
}

const SESSIONS: Case[] = [
  ...casesOf(
    auth.refreshSession,
    [
      "with a good token",
      "OK",
      async (w) => ({ request: command({ refresh_token: (await newTokens(w)).refreshToken }) }),
    ],
    ["with no token", "REFRESH_TOKEN_INVALID", async () => ({ request: command({ refresh_token: "x" }) })],
    ["with an empty one", "FIELD_INVALID", async () => ({ request: command({ refresh_token: "" }) })],
  ),
  ...gated(auth.listSessions, {}),
  ...casesOf(
    auth.listSessions,
    ["one's own", "OK", async ({ mapper }) => ({ request: {}, who: mapper })],
    [
      "another's",
      "NOT_ADMINISTRATOR",
      async ({ mapper }) => ({ request: { user_id: NOWHERE }, who: mapper }),
    ],
    [
      "another's, by an administrator",
      "OK",
      async ({ admin }) => ({ request: { user_id: NOWHERE }, who: admin }),
    ],
    ["of user number 0", "FIELD_INVALID", async ({ mapper }) => ({ request: { user_id: 0 }, who: mapper })],
  ),
  ...gated(auth.revokeSession, { session_id: NO_SESSION }),
  ...casesOf(
    auth.revokeSession,
    [
      "one's own",
      "OK",
      async (w) => {
        const { sessionId, who } = await newTokens(w);
        return { request: command({ session_id: sessionId }), who };
      },
    ],
    [
      "another's",
      "SESSION_NOT_FOUND",
      async (w) => ({
        request: command({ session_id: (await newTokens(w)).sessionId }),
        who: w.mapper,
      }),
    ],
    [
      "not a UUID",
      "FIELD_INVALID",
      async ({ mapper }) => ({ request: command({ session_id: "7" }), who: mapper }),
    ],
  ),
  ...OF_SERVICES.flatMap(([method, fields]) =>
    casesOf(method, [
      "of a service of the deployment",
      "SERVICE_ACCOUNT_DEPLOYED",
      async (w) => ({
        request: command({ user_id: (await newDeployed(w)).userId, ...fields }),
        who: w.admin,
      }),
    ]),
  ),
  ...gated(auth.revokeSessions, {}),
  ...casesOf(
    auth.revokeSessions,
    ["one's own", "OK", async (w) => ({ request: command({}), who: (await newTokens(w)).who })],
    [
      "another's",
      "NOT_ADMINISTRATOR",
      async ({ mapper }) => ({ request: command({ user_id: NOWHERE }), who: mapper }),
    ],
    [
      "nobody's",
      "USER_NOT_FOUND",
      async ({ admin }) => ({ request: command({ user_id: NOWHERE }), who: admin }),
    ],
  ),
  ...gated(RevocationService.method.watchRevocations, {}),
  ...casesOf(RevocationService.method.watchRevocations, [
    "by a service",
    "OK",
    async ({ newService }) => ({ request: {}, who: await newService() }),
  ]),
];

const TOKENS: Case[] = [
  ...casesOf(
    token.createServiceToken,
    [
      "by a sound assertion",
      "OK",
      async (w) => {
        const { clientId, privateKey } = await newAccount(w);
        return { request: command({ client_assertion: assertionOf(clientId, privateKey) }) };
      },
    ],
    [
      "by no assertion",
      "ASSERTION_INVALID",
      async () => ({ request: command({ client_assertion: "x.y.z" }) }),
    ],
    [
      "by one that was used",
      "ASSERTION_REUSED",
      async (w) => {
        const { clientId, privateKey } = await newAccount(w);
        const client_assertion = assertionOf(clientId, privateKey);
        const body = client_assertion.split(".")[1] as string;
        const { jti } = JSON.parse(Buffer.from(body, "base64url").toString()) as { jti: string };
        const { sql } = w.system.databases.auth;
        await sql`
          insert into used_assertions (user_id, jti_hash, expire_time)
          select user_id, sha256(convert_to(${jti}, 'UTF8')), now() + interval '1 hour'
          from service_accounts where client_id = ${clientId}`;
        return { request: command({ client_assertion }) };
      },
    ],
    [
      "for more than the account may",
      "SCOPE_NOT_ALLOWED",
      async (w) => {
        const { clientId, privateKey } = await newAccount(w);
        const client_assertion = assertionOf(clientId, privateKey);
        return { request: command({ client_assertion, scopes: ["tasks:write"] }) };
      },
    ],
  ),
  ...casesOf(
    token.createKeyToken,
    [
      "by a good one",
      "OK",
      async (w) => {
        const { token: personal_access_token } = await newPersonalToken(w, w.mapper);
        return { request: command({ personal_access_token }) };
      },
    ],
    [
      "by none",
      "ACCESS_KEY_INVALID",
      async () => ({ request: command({ personal_access_token: "tsra_x" }) }),
    ],
    [
      "for more than it may",
      "SCOPE_NOT_ALLOWED",
      async (w) => {
        const { token: personal_access_token } = await newPersonalToken(w, w.mapper);
        return { request: command({ personal_access_token, scopes: ["tasks:write"] }) };
      },
    ],
  ),
  ...gated(token.exchangeToken, { subject_token: "x", audience: "tessera:task" }),
  ...casesOf(
    token.exchangeToken,
    [
      "of a person",
      "OK",
      async (w) => {
        const { who } = await newDeployed(w);
        return { request: command({ subject_token: tokenOf(w.mapper), audience: "tessera:task" }), who };
      },
    ],
    [
      "by one who may not act",
      "ACTING_NOT_PERMITTED",
      async (w) => ({
        request: command({ subject_token: tokenOf(w.mapper), audience: "tessera:task" }),
        who: await w.newService(),
      }),
    ],
    [
      "of nobody",
      "SUBJECT_TOKEN_INVALID",
      async (w) => ({
        request: command({ subject_token: "x", audience: "tessera:task" }),
        who: (await newDeployed(w)).who,
      }),
    ],
    [
      "for more than the service may",
      "SCOPE_NOT_ALLOWED",
      async (w) => {
        const { who } = await newDeployed(w);
        const scopes = ["tasks:write"];
        return {
          request: command({ subject_token: tokenOf(w.mapper), audience: "tessera:task", scopes }),
          who,
        };
      },
    ],
    [
      "for the whole system",
      "FIELD_INVALID",
      async (w) => ({
        request: command({ subject_token: "x", audience: "tessera" }),
        who: await w.newService(),
      }),
    ],
  ),
  ...gated(token.introspectToken, { token: "x" }),
  ...casesOf(token.introspectToken, [
    "any text",
    "OK",
    async ({ newService }) => ({ request: { token: "x" }, who: await newService() }),
  ]),
  ...casesOf(
    token.issueStreamTicket,
    ["of a person", "OK", async (w) => ({ request: { path: "/v1/task-events" }, who: w.mapper })],
    ["of nobody", "TOKEN_MISSING", async () => ({ request: { path: "/v1/task-events" } })],
    ["of no path", "FIELD_INVALID", async (w) => ({ request: { path: "task-events" }, who: w.mapper })],
  ),
  ...casesOf(
    token.revokeToken,
    ["any text", "OK", async () => ({ request: command({ token: "x" }) })],
    ["no text", "FIELD_INVALID", async () => ({ request: command({ token: "" }) })],
  ),
];

const NEW_ACCOUNT = { client_id: "x-program", scopes: ["tasks:read"] };

/** Changes some fields of an account. */
const accountUpdate = (userId: number, revision: number | string, fields: JsonObject): JsonObject => ({
  service_account: { user_id: userId, ...fields },
  update_mask: Object.keys(fields)
    .map((name) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()))
    .join(","),
  expected_revision: revision,
});

/** What is done to one account: the request for the account with an id. */
const OF_ACCOUNTS: readonly (readonly [DescMethod, (userId: number) => JsonObject])[] = [
  [account.getServiceAccount, (userId) => ({ user_id: userId })],
  [account.updateServiceAccount, (userId) => accountUpdate(userId, 1, { scopes: ["tasks:read"] })],
  [account.deleteServiceAccount, (userId) => ({ user_id: userId })],
  [account.createPublicKey, (userId) => ({ user_id: userId, jwk: newPair().jwk })],
  [account.revokePublicKey, (userId) => ({ user_id: userId, kid: "x" })],
];

/** The neutral point of the curve. */
const SMALL_ORDER_KEY = JSON.stringify({ kty: "OKP", crv: "Ed25519", x: `AQ${"A".repeat(41)}` });

const ACCOUNTS: Case[] = [
  ...gated(account.createServiceAccount, NEW_ACCOUNT),
  ...casesOf(
    account.createServiceAccount,
    [
      "by an administrator",
      "OK",
      async ({ admin }) => ({
        request: command({ ...NEW_ACCOUNT, client_id: `x-${Date.now()}-${Math.floor(Math.random() * 1e6)}` }),
        who: admin,
      }),
    ],
    [
      "with what only services may",
      "SCOPE_NOT_ALLOWED",
      async ({ admin }) => ({ request: command({ ...NEW_ACCOUNT, scopes: ["services"] }), who: admin }),
    ],
    [
      "with a key that is none",
      "PUBLIC_KEY_INVALID",
      async ({ admin }) => ({ request: command({ ...NEW_ACCOUNT, jwk: "{}" }), who: admin }),
    ],
    [
      "with the client id of another",
      "CLIENT_ID_TAKEN",
      async (w) => ({
        request: command({ ...NEW_ACCOUNT, client_id: (await newAccount(w)).clientId }),
        who: w.admin,
      }),
    ],
    [
      "with a client id that is none",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: command({ ...NEW_ACCOUNT, client_id: "X" }), who: admin }),
    ],
  ),
  ...gated(account.getServiceAccount, { user_id: NOWHERE }),
  ...casesOf(account.getServiceAccount, [
    "by an administrator",
    "OK",
    async (w) => ({ request: { user_id: (await newAccount(w)).userId }, who: w.admin }),
  ]),
  ...gated(account.listServiceAccounts, {}),
  ...casesOf(account.listServiceAccounts, [
    "by an administrator",
    "OK",
    async ({ admin }) => ({ request: {}, who: admin }),
  ]),
  ...gated(account.updateServiceAccount, accountUpdate(NOWHERE, 1, { scopes: ["tasks:read"] })),
  ...casesOf(
    account.updateServiceAccount,
    [
      "by an administrator",
      "OK",
      async (w) => {
        const { userId, revision } = await newAccount(w);
        const request = accountUpdate(userId, revision, { scopes: ["tasks:write"], may_act: true });
        return { request: command(request), who: w.admin };
      },
    ],
    [
      "from an older revision",
      "SERVICE_ACCOUNT_CHANGED",
      async (w) => {
        const { userId } = await newAccount(w);
        const request = accountUpdate(userId, 9, { scopes: ["tasks:write"] });
        return { request: command(request), who: w.admin };
      },
    ],
    [
      "to no scope",
      "FIELD_INVALID",
      async (w) => {
        const { userId, revision } = await newAccount(w);
        return { request: command(accountUpdate(userId, revision, { scopes: [] })), who: w.admin };
      },
    ],
    [
      "to what only services may",
      "SCOPE_NOT_ALLOWED",
      async (w) => {
        const { userId, revision } = await newAccount(w);
        const request = accountUpdate(userId, revision, { scopes: ["services"] });
        return { request: command(request), who: w.admin };
      },
    ],
  ),
  ...gated(account.deleteServiceAccount, { user_id: NOWHERE }),
  ...casesOf(account.deleteServiceAccount, [
    "by an administrator",
    "OK",
    async (w) => ({ request: command({ user_id: (await newAccount(w)).userId }), who: w.admin }),
  ]),
  ...gated(account.createPublicKey, { user_id: NOWHERE, jwk: newPair().jwk }),
  ...casesOf(
    account.createPublicKey,
    [
      "by an administrator",
      "OK",
      async (w) => ({
        request: command({ user_id: (await newAccount(w)).userId, jwk: newPair().jwk }),
        who: w.admin,
      }),
    ],
    [
      "that is none",
      "PUBLIC_KEY_INVALID",
      async (w) => ({ request: command({ user_id: (await newAccount(w)).userId, jwk: "[]" }), who: w.admin }),
    ],
    [
      "for which anybody can sign",
      "PUBLIC_KEY_INVALID",
      async (w) => ({
        request: command({ user_id: (await newAccount(w)).userId, jwk: SMALL_ORDER_KEY }),
        who: w.admin,
      }),
    ],
    [
      "beyond the tenth",
      "PUBLIC_KEY_LIMIT_REACHED",
      async (w) => {
        const { userId } = await newAccount(w);
        const { sql } = w.system.databases.auth;
        await sql`
          insert into service_account_keys (user_id, kid, public_jwk, create_time)
          select ${userId}, rpad('kid' || number, 43, 'x'), '{}', now() from generate_series(1, 9) as number`;
        return { request: command({ user_id: userId, jwk: newPair().jwk }), who: w.admin };
      },
    ],
  ),
  ...gated(account.revokePublicKey, { user_id: NOWHERE, kid: "x" }),
  ...casesOf(
    account.revokePublicKey,
    [
      "by an administrator",
      "OK",
      async (w) => {
        const { userId, kid } = await newAccount(w);
        return { request: command({ user_id: userId, kid }), who: w.admin };
      },
    ],
    [
      "that is not there",
      "PUBLIC_KEY_NOT_FOUND",
      async (w) => ({ request: command({ user_id: (await newAccount(w)).userId, kid: "x" }), who: w.admin }),
    ],
  ),
  ...OF_ACCOUNTS.flatMap(([method, requestFor]) => [
    ...casesOf(method, [
      "that is not there",
      "SERVICE_ACCOUNT_NOT_FOUND",
      async ({ admin }) => {
        const named = requestFor(NOWHERE);
        return { request: isCommand(method) ? command(named) : named, who: admin };
      },
    ]),
    ...(isCommand(method)
      ? casesOf(method, [
          "of the deployment",
          "SERVICE_ACCOUNT_DEPLOYED",
          async (w) => ({
            request: command(requestFor((await newDeployed(w)).userId)),
            who: w.admin,
          }),
        ])
      : []),
  ]),
];

const NEW_TOKEN = { name: "script", scopes: ["account"], lifetime: "604800s" };

const PERSONAL: Case[] = [
  ...gated(personal.createPersonalAccessToken, NEW_TOKEN),
  ...casesOf(
    personal.createPersonalAccessToken,
    ["by a mapper", "OK", async ({ mapper }) => ({ request: command(NEW_TOKEN), who: mapper })],
    [
      "for what only services may",
      "SCOPE_NOT_ALLOWED",
      async ({ mapper }) => ({ request: command({ ...NEW_TOKEN, scopes: ["services"] }), who: mapper }),
    ],
    [
      "beyond the hundredth",
      "PERSONAL_ACCESS_TOKEN_LIMIT_REACHED",
      async (w) => {
        const who = await w.newMapper();
        await fillPersonalTokens(w, who);
        return { request: command(NEW_TOKEN), who };
      },
    ],
    [
      "for two years",
      "FIELD_INVALID",
      async ({ mapper }) => ({ request: command({ ...NEW_TOKEN, lifetime: "63072000s" }), who: mapper }),
    ],
  ),
  ...gated(personal.listPersonalAccessTokens, {}),
  ...casesOf(
    personal.listPersonalAccessTokens,
    ["one's own", "OK", async ({ mapper }) => ({ request: {}, who: mapper })],
    [
      "another's",
      "NOT_ADMINISTRATOR",
      async ({ mapper }) => ({ request: { user_id: NOWHERE }, who: mapper }),
    ],
  ),
  ...[personal.getPersonalAccessToken, personal.revokePersonalAccessToken].flatMap((method) => {
    const request = (tokenId: string) =>
      isCommand(method) ? command({ token_id: tokenId }) : { token_id: tokenId };
    return [
      ...gated(method, { token_id: NO_TOKEN }),
      ...casesOf(
        method,
        [
          "one's own",
          "OK",
          async (w) => ({ request: request((await newPersonalToken(w, w.mapper)).tokenId), who: w.mapper }),
        ],
        [
          "another's, by an administrator",
          "OK",
          async (w) => ({ request: request((await newPersonalToken(w, w.mapper)).tokenId), who: w.admin }),
        ],
        [
          "another's",
          "PERSONAL_ACCESS_TOKEN_NOT_FOUND",
          async (w) => ({
            request: request((await newPersonalToken(w, w.mapper)).tokenId),
            who: await w.newMapper(),
          }),
        ],
        ["of no form", "FIELD_INVALID", async ({ mapper }) => ({ request: request("x"), who: mapper })],
      ),
    ];
  }),
];

const KEYS: Case[] = [
  ...gated(key.listSigningKeys, {}),
  ...casesOf(key.listSigningKeys, [
    "by an administrator",
    "OK",
    async ({ admin }) => ({ request: {}, who: admin }),
  ]),
  ...gated(key.rotateSigningKey, {}),
  ...casesOf(key.rotateSigningKey, [
    "by an administrator",
    "OK",
    async ({ admin }) => ({ request: command({}), who: admin }),
  ]),
  ...[key.getSigningKey, key.revokeSigningKey].flatMap((method) => {
    const request = (kid: string) => (isCommand(method) ? command({ kid }) : { kid });
    return [
      ...gated(method, { kid: "x" }),
      ...casesOf(
        method,
        [
          "by an administrator",
          "OK",
          async (w) => ({ request: request((await newSigningKey(w)).upcoming), who: w.admin }),
        ],
        [
          "that is not there",
          "SIGNING_KEY_NOT_FOUND",
          async ({ admin }) => ({ request: request("x"), who: admin }),
        ],
      ),
    ];
  }),
  ...casesOf(key.revokeSigningKey, [
    "that signs",
    "SIGNING_KEY_IN_USE",
    async (w) => ({ request: command({ kid: (await newSigningKey(w)).signing }), who: w.admin }),
  ]),
];

/** Sessions, tokens, and what makes them. */
export const TOKEN_CASES: Case[] = [...SESSIONS, ...TOKENS, ...ACCOUNTS, ...PERSONAL, ...KEYS];
