import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { RevocationService } from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { verifyAccessToken } from "@tessera/identity/access-token.ts";
import { type Served, served } from "@tessera/rpc/serve.ts";
import type { AuthConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import type { Store } from "./open-store.ts";
import { personalAccessTokenService } from "./personal-access-tokens/personal-access-token-service.ts";
import { publicUrlIn } from "./public-url.ts";
import { revocationService } from "./revocations/revocation-service.ts";
import { serverKey } from "./server-key.ts";
import { serviceAccountService } from "./service-accounts/service-account-service.ts";
import type { KeyRing } from "./signing-keys/key-ring.ts";
import { newKey } from "./signing-keys/signing-key.ts";
import { signingKeyService } from "./signing-keys/signing-key-service.ts";
import { tokenService } from "./tokens/token-service.ts";
import { verifyAnyAudience, verifyStanding } from "./tokens/verify-standing.ts";
import { isOffered } from "./users/token-holder.ts";

const DAY_SECONDS = 86_400;
/** The endpoints that take assertions, and that clients therefore name as the audience. */
const PROVED_AT = ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"];

/** The services that issue tokens, keep their sources, and publish revocations. */
export function tokenServices(deps: Deps): Served[] {
  return [
    served(RevocationService, revocationService(deps)),
    served(TokenService, tokenService(deps)),
    served(ServiceAccountService, serviceAccountService(deps)),
    served(PersonalAccessTokenService, personalAccessTokenService(deps)),
    served(SigningKeyService, signingKeyService(deps)),
  ];
}

/** What they work with. */
export function tokenDeps(
  config: AuthConfig,
  store: Store,
  keys: KeyRing,
): Pick<
  Deps,
  | "keys"
  | "tokenIssuer"
  | "lifetimes"
  | "tokenKey"
  | "verify"
  | "verifyAny"
  | "makeKey"
  | "assertionAudiences"
  | "standing"
> {
  const issuer = config.TOKEN_ISSUER;
  const publicUrl = publicUrlIn(config);
  const { KEY_ENCRYPTION_SECRET: secret } = config;
  const standing: Deps["standing"] = async (token) => {
    const found = await store.sessions.standing(token);
    return found && isOffered({ developmentSignIn: config.DEVELOPMENT_SIGN_IN }, found) ? found : undefined;
  };
  const verifyFor = (service: string) =>
    verifyStanding(verifyAccessToken({ issuer, keys: keys.find, service }), keys.isPublished, standing);
  return {
    keys,
    tokenIssuer: issuer,
    lifetimes: {
      accessTokenSeconds: config.ACCESS_TOKEN_SECONDS,
      refreshIdleSeconds: config.REFRESH_IDLE_DAYS * DAY_SECONDS,
      refreshLifetimeSeconds: config.SESSION_DAYS * DAY_SECONDS,
      refreshReplaySeconds: config.REFRESH_REPLAY_SECONDS,
    },
    tokenKey: serverKey(secret, "tokens"),
    standing,
    verify: verifyFor("auth"),
    verifyAny: verifyAnyAudience(verifyFor),
    makeKey: (generation, algorithm = config.SIGNING_ALGORITHM) => newKey(generation, secret, algorithm),
    assertionAudiences: [
      issuer,
      ...(publicUrl === undefined ? [] : PROVED_AT.map((endpoint) => `${publicUrl}${endpoint}`)),
    ],
  };
}

/** What of theirs is forgotten after its time. */
export function forgottenOfTokens({
  keys,
  sessions,
  revocations,
  personalAccessTokens,
  serviceAccounts,
}: Store) {
  return {
    keys: keys.forget,
    personal_access_tokens: personalAccessTokens.forget,
    sessions: sessions.forget,
    revocations: revocations.forget,
    assertions: serviceAccounts.forgetAssertions,
  };
}
