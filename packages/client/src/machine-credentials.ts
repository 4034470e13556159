import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from "jose";
import { type Credentials, type Granted, renewing } from "./credentials.ts";

/** How long an assertion is valid; the service accepts at most 5 minutes. */
const ASSERTION_SECONDS = 60;
const JTI_BYTES = 16;

/** A personal access token ("tsra_…"): it is exchanged for short access tokens. */
export function personalAccessToken(token: string, { scopes = [] }: { scopes?: string[] } = {}): Credentials {
  return renewing(async (auth) =>
    granted(await createClient(TokenService, auth).createKeyToken({ personalAccessToken: token, scopes })),
  );
}

/** A machine's account, and the private half of one of its keys. */
export interface ServiceAccountKey {
  clientId: string;
  /** Ed25519, P-256 or RSA. */
  privateJwk: JWK;
  /** The issuer of the deployment, as its access tokens say in `iss`. */
  audience: string;
  /** None for all scopes of the account. */
  scopes?: string[];
}

/** A service account: it signs an assertion (RFC 7523) for each access token. */
export function serviceAccount({ scopes = [], ...key }: ServiceAccountKey): Credentials {
  return renewing(async (auth) => {
    const clientAssertion = await assertion(key);
    return granted(await createClient(TokenService, auth).createServiceToken({ clientAssertion, scopes }));
  });
}

async function assertion({ clientId, privateJwk, audience }: ServiceAccountKey): Promise<string> {
  const alg = algorithmOf(privateJwk);
  const kid = privateJwk.kid ?? (await calculateJwkThumbprint(privateJwk));
  const jti = crypto.getRandomValues(new Uint8Array(JTI_BYTES)).join("");
  return new SignJWT({ jti })
    .setProtectedHeader({ alg, kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setExpirationTime(`${ASSERTION_SECONDS}s`)
    .sign(await importJWK(privateJwk, alg));
}

function algorithmOf({ kty }: JWK): string {
  if (kty === "RSA") return "RS256";
  return kty === "EC" ? "ES256" : "EdDSA";
}

type Response = { accessToken: string; expireTime?: Timestamp | undefined };

function granted({ accessToken, expireTime }: Response): Granted {
  return { accessToken, expireTimeMs: expireTime && timestampMs(expireTime) };
}
