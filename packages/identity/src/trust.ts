import type { Transport } from "@connectrpc/connect";
import { trustedProxies } from "@tessera/rpc/admission/client-address.ts";
import type { VerifyToken } from "@tessera/rpc/caller.ts";
import { type ConnectOptions, connect } from "@tessera/rpc/connect.ts";
import type { RevokedCallers } from "@tessera/rpc/stream-end.ts";
import { type Tls, tlsOf, tlsVariables } from "@tessera/rpc/tls.ts";
import type { JWK } from "jose";
import type { Logger } from "pino";
import { z } from "zod";
import { verifyAccessToken } from "./access-token.ts";
import { confirmDeletions } from "./confirm-deletions.ts";
import { keySet, keyUrls } from "./key-set.ts";
import { followRevocations } from "./revocations.ts";
import { serviceIdentity } from "./service-identity.ts";

/** A private key and the client that it proves; never logged. */
const serviceAccount = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "must be JSON" });
      return z.NEVER;
    }
  })
  .pipe(
    z.object(
      { client_id: z.string().min(1), private_jwk: z.looseObject({ kty: z.string(), d: z.string() }) },
      { error: 'must be {"client_id": …, "private_jwk": {…}}' },
    ),
  )
  .transform(({ client_id, private_jwk }) => {
    const privateJwk = private_jwk as JWK;
    // A function prints none of its data, wherever a configuration is printed.
    return { clientId: client_id, privateJwk: () => privateJwk };
  });

/** The variables by which a service authenticates its callers, and itself to others. */
export const trustVariables = {
  ...tlsVariables,
  /** The addresses of the gateway: limits by address apply to the clients that it names. */
  TRUSTED_PROXIES: trustedProxies,
  /** The address of the auth service: "auth:50051", or "dns:///auth:50051" to balance over all of its replicas. */
  AUTH_ADDRESS: z.string().min(1),
  /** Where the auth service publishes its keys: one URL, or several URLs of the same keys separated by commas. */
  JWKS_URL: keyUrls,
  /** The issuer of access tokens, their claim `iss`. */
  TOKEN_ISSUER: z.string().min(1),
  /**
   * The identity of this service: `{"client_id": "task", "private_jwk": {…}}`, registered with the auth service.
   * Without it the service calls with its callers' own tokens, and does not learn of revoked tokens.
   */
  SERVICE_ACCOUNT: serviceAccount.optional(),
};

/** The credentials with which a service calls others in its own name. */
export interface Own {
  /** A connection to the auth service. */
  auth: Transport;
  headers(): Promise<Record<string, string>>;
  /** For a connection to another service. */
  options: ConnectOptions;
}

/** Authenticates the callers of a service, and the service to others. */
export interface Trust {
  verify: VerifyToken;
  tls: Tls | undefined;
  /** Resolves when it can verify tokens. */
  ready(): Promise<void>;
  /** This service's own calls; undefined for a service without an account. */
  own: Own | undefined;
  /** Whether a user is known to be blocked. */
  isBlocked(userId: bigint): boolean;
  /** The tokens that were revoked; undefined for a service without an account, which does not learn of them. */
  revocations: RevokedCallers | undefined;
  /** For a connection to a service that is called on behalf of this one's callers. */
  towards(service: string): ConnectOptions;
  /**
   * Deletes the data of deleted people by `forget` and confirms it to auth; does nothing for a service without an
   * account.
   */
  confirmDeletions(forget: (userId: bigint) => Promise<void>): { stop(): Promise<void> };
  stop(): Promise<void>;
}

/** Opens what `service` ("task") needs for it. */
export function openTrust(
  config: z.output<z.ZodObject<typeof trustVariables>>,
  service: string,
  log: Logger,
): Trust {
  const { AUTH_ADDRESS, JWKS_URL: urls, TOKEN_ISSUER: issuer, SERVICE_ACCOUNT: account } = config;
  const keys = keySet(urls, log);
  const tls = tlsOf(config);
  const auth = connect(AUTH_ADDRESS, { tls });
  const identity =
    account &&
    serviceIdentity(auth, { clientId: account.clientId, privateJwk: account.privateJwk(), issuer });
  if (identity === undefined) log.warn("SERVICE_ACCOUNT is not set: revoked tokens work until they expire");
  const options = { tls, ...(identity && { onBehalf: identity.own }) };
  const ownAuth = connect(AUTH_ADDRESS, options);
  const revocations = identity && followRevocations(ownAuth, identity.headers, log);
  const refuseRevoked = revocations && { refuseRevoked: revocations.refuseRevoked };
  return {
    verify: verifyAccessToken({ issuer, keys: keys.keys, service, ...refuseRevoked }),
    tls,
    ready: keys.ready,
    own: identity && { auth: ownAuth, headers: identity.headers, options },
    revocations,
    isBlocked: (userId) => revocations?.isBlocked(userId) ?? false,
    towards: (other) => ({ tls, ...(identity && { onBehalf: identity.onBehalf(other) }) }),
    confirmDeletions: (forget) => {
      if (identity === undefined) return { stop: async () => {} };
      return confirmDeletions({ auth: ownAuth, headers: identity.headers, service, forget, log });
    },
    stop: async () => {
      keys.stop();
      await revocations?.stop();
      ownAuth.close();
      auth.close();
    },
  };
}
