import { hash, randomUUID } from "node:crypto";
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { reasonFacts } from "@tessera/contracts/reason-facts.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { decodeJwt, importJWK, type JWK, SignJWT } from "jose";
import { AUDIENCE } from "./access-token.ts";
import { refusalIn } from "./refusal-wire.ts";

/** How a service proves who it is. */
export interface ServiceCredentials {
  /** The client id of its service account. */
  clientId: string;
  /** Its private key, whose public half the account has. */
  privateJwk: JWK;
  /** The issuer that the proof is for. */
  issuer: string;
}

/** A service as it is known to others. */
export interface ServiceIdentity {
  /** What a call in the service's own name carries. */
  headers(): Promise<Record<string, string>>;
  /** Exchanges a caller's authorization for one with which this service acts for the caller, good for `service` alone. */
  onBehalf(service: string): (authorization: string) => Promise<string>;
}

const ASSERTION_SECONDS = 60;
/** A token that ends within this is asked for anew. */
const MARGIN_MS = 30_000;
/** So many exchanged tokens are kept; the oldest leaves first. */
const KEPT_MAX = 20_000;
const EXCHANGE_MS = 1_000;
/** After auth could not be asked, nobody waits for it again for so long. */
const PAUSE_MS = 1_000;

interface Token {
  authorization: string;
  untilMs: number;
}

/** Speaks for a service: gets tokens for itself, and for those on whose behalf it calls. */
export function serviceIdentity(transport: Transport, credentials: ServiceCredentials): ServiceIdentity {
  const client = createClient(TokenService, transport);
  const auth = createClient(AuthService, transport);
  const own = keptWhileGood(async () => {
    const clientAssertion = await assertion(credentials);
    return tokenOf(await client.issueServiceToken({ requestId: randomUUID(), clientAssertion }));
  });
  const exchanged = new Map<string, () => Promise<Token>>();
  let pausedUntilMs = 0;

  const exchange = async (audience: string, authorization: string): Promise<Token> => {
    const subjectToken = authorization.replace(/^bearer /i, "");
    const options = { headers: { authorization: (await own()).authorization }, timeoutMs: EXCHANGE_MS };
    return tokenOf(await client.exchangeToken({ requestId: randomUUID(), subjectToken, audience }, options));
  };
  const whyNot = async (authorization: string, refused: unknown): Promise<unknown> => {
    const asking = auth.getCurrentUser({}, { headers: { authorization }, timeoutMs: EXCHANGE_MS });
    const answer = await asking.then(
      () => undefined,
      (error: unknown) => error,
    );
    return isAboutToken(answer) ? answer : refused;
  };
  return {
    headers: async () => ({ authorization: (await own()).authorization }),
    onBehalf: (service) => {
      const audience = `${AUDIENCE}:${service}`;
      return async (authorization) => {
        const key = audience + hash("sha256", authorization, "base64");
        let kept = exchanged.get(key);
        if (kept === undefined) {
          if (Date.now() < pausedUntilMs) return passedOn(authorization);
          if (exchanged.size >= KEPT_MAX) exchanged.delete(exchanged.keys().next().value as string);
          kept = keptWhileGood(() => exchange(audience, authorization));
          exchanged.set(key, kept);
        }
        try {
          return (await kept()).authorization;
        } catch (error) {
          exchanged.delete(key);
          if (isRefused(error)) throw await whyNot(authorization, error);
          pausedUntilMs = Date.now() + PAUSE_MS;
          return passedOn(authorization);
        }
      };
    },
  };
}

/**
 * While auth is gone, who is signed in goes on: the caller's own token says who it is. One that was made for this service
 * alone says so to nobody else.
 */
function passedOn(authorization: string): string {
  if (isForOneService(authorization)) throw new ConnectError("auth is not to be had", Code.Unavailable);
  return authorization;
}

function isForOneService(authorization: string): boolean {
  try {
    return decodeJwt(authorization.replace(/^bearer /i, "")).aud !== AUDIENCE;
  } catch {
    return false;
  }
}

/** Makes a token when one is needed: one for all who ask at once, and used again while it is good. */
function keptWhileGood(make: () => Promise<Token>): () => Promise<Token> {
  let current: Token | undefined;
  let making: Promise<Token> | undefined;
  return async () => {
    if (current !== undefined && current.untilMs - MARGIN_MS > Date.now()) return current;
    making ??= make().finally(() => {
      making = undefined;
    });
    try {
      current = await making;
    } catch (error) {
      if (current === undefined || current.untilMs < Date.now() || isRefused(error)) throw error;
    }
    return current;
  };
}

/** What auth says to a caller whose token it does not take, which is said on its behalf as well. */
const ABOUT_TOKEN = [
  Reason.USER_BLOCKED,
  Reason.TOKEN_REVOKED,
  Reason.TOKEN_EXPIRED,
  Reason.TOKEN_INVALID,
].map((reason) => reasonFacts(ReasonSchema, reason).name);

function isAboutToken(error: unknown): boolean {
  const name = error instanceof ConnectError ? refusalIn(error)?.reason.name : undefined;
  return name !== undefined && ABOUT_TOKEN.includes(name);
}

function isRefused(error: unknown): boolean {
  return error instanceof ConnectError && refusalIn(error) !== undefined;
}

/** A JWT by which a client proves that it has its key (RFC 7523). */
async function assertion({ clientId, privateJwk, issuer }: ServiceCredentials): Promise<string> {
  const alg = privateJwk.alg ?? "EdDSA";
  return new SignJWT({})
    .setProtectedHeader({ alg, ...(privateJwk.kid && { kid: privateJwk.kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${ASSERTION_SECONDS}s`)
    .sign(await importJWK(privateJwk, alg));
}

function tokenOf(answer: { accessToken: string; expireTime?: Timestamp | undefined }): Token {
  const untilMs = answer.expireTime === undefined ? 0 : timestampMs(answer.expireTime);
  return { authorization: `Bearer ${answer.accessToken}`, untilMs };
}
