import { hash, randomUUID } from "node:crypto";
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { reasonFacts } from "@tessera/contracts/reason-facts.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import {
  Reason as AuthReason,
  ReasonSchema as AuthReasonSchema,
} from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import type { Exchange } from "@tessera/rpc/connect.ts";
import { isAboutToken, ownFault, reasonOf } from "@tessera/rpc/credential-fault.ts";
import { within } from "@tessera/rpc/within.ts";
import { isLate } from "@tessera/runtime/outage.ts";
import { decodeJwt, importJWK, type JWK, SignJWT } from "jose";
import { LRUCache } from "lru-cache";
import { AUDIENCE } from "./access-token.ts";

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
  /** Keeps calls in the service's own name working when its token is refused. */
  own: Exchange;
  /** Exchanges a caller's authorization for one with which this service acts for the caller at `service` alone. */
  onBehalf(service: string): Exchange;
}

const ASSERTION_SECONDS = 60;
/** A token that expires within this is replaced. */
const MARGIN_MS = 30_000;
/** Maximum number of exchanged tokens; the least recently used leaves first. */
const KEPT_MAX = 20_000;
/** Longest time of one exchange, which all callers of one token share. */
const EXCHANGE_MS = 5_000;
/** A caller whose own token can be passed on waits no longer than this for an exchange. */
const WAIT_MS = 1_000;
/** After auth did not answer about one token, calls with that token do not wait for it again for this long. */
const PAUSE_MS = 1_000;
/** A token is replaced at most once in this time because it was refused. */
const RENEW_MS = 1_000;

interface Token {
  authorization: string;
  untilMs: number;
}

/** Speaks for a service: gets tokens for itself, and for those on whose behalf it calls. */
export function serviceIdentity(transport: Transport, credentials: ServiceCredentials): ServiceIdentity {
  const client = createClient(TokenService, transport);
  const auth = createClient(AuthService, transport);
  const own = keptToken(async () => {
    const clientAssertion = await assertion(credentials);
    return tokenOf(await client.createServiceToken({ requestId: randomUUID(), clientAssertion }));
  });
  const exchanged = new LRUCache<string, ExchangedToken>({ max: KEPT_MAX });

  const exchange = async (audience: string, authorization: string): Promise<Token> => {
    const request = { requestId: randomUUID(), subjectToken: bare(authorization), audience };
    const ask = async ({ authorization: mine }: Token): Promise<Token> =>
      tokenOf(
        await client.exchangeToken(request, { headers: { authorization: mine }, timeoutMs: EXCHANGE_MS }),
      );
    const mine = await own.get();
    try {
      return await ask(mine);
    } catch (error) {
      if (!isAboutToken(error)) throw error;
      return ask(await own.renew(mine.authorization));
    }
  };
  /** The refusal of a caller whose token is not exchanged. What is wrong with this service is no refusal of the caller. */
  const whyNot = async (authorization: string, refused: unknown): Promise<unknown> => {
    if (reasonOf(refused) !== SUBJECT_TOKEN_INVALID) return ownFault(refused);
    const asking = auth.getCurrentUser({}, { headers: { authorization }, timeoutMs: EXCHANGE_MS });
    const answer = await asking.then(
      () => undefined,
      (error: unknown) => error,
    );
    return isAboutToken(answer) ? answer : refused;
  };
  const keptOf = (audience: string, authorization: string): ExchangedToken => {
    const key = audience + hash("sha256", authorization, "base64");
    let kept = exchanged.get(key);
    if (kept === undefined) {
      kept = { ...keptToken(() => exchange(audience, authorization)), pausedUntilMs: 0 };
      exchanged.set(key, kept);
    }
    return kept;
  };
  return {
    headers: async () => ({ authorization: (await own.get()).authorization }),
    own: async (authorization, refused) =>
      refused === undefined ? authorization : (await own.renew(refused)).authorization,
    onBehalf: (service) => {
      const audience = `${AUDIENCE}:${service}`;
      return async (authorization, refused) => {
        const kept = keptOf(audience, authorization);
        const canPass = !isForOneService(authorization);
        if (Date.now() < kept.pausedUntilMs && !kept.isValid()) return passedOn(authorization);
        const token = refused === undefined ? kept.get() : kept.renew(refused);
        try {
          return (await (canPass ? within(token, WAIT_MS) : token)).authorization;
        } catch (error) {
          if (isRefused(error)) throw await whyNot(authorization, error);
          kept.pausedUntilMs = Date.now() + PAUSE_MS;
          return passedOn(authorization);
        }
      };
    },
  };
}

interface KeptToken {
  get(): Promise<Token>;
  /** Replaces the token if it is the one that was refused. */
  renew(refused: string): Promise<Token>;
  /** Whether `get` returns without asking. */
  isValid(): boolean;
}

interface ExchangedToken extends KeptToken {
  pausedUntilMs: number;
}

/**
 * While auth is unavailable, a caller's own token is passed on: it says who the caller is. One that was made for this
 * service alone says so to nobody else.
 */
function passedOn(authorization: string): string {
  if (isForOneService(authorization)) throw new ConnectError("auth is unavailable", Code.Unavailable);
  return authorization;
}

function isForOneService(authorization: string): boolean {
  try {
    return decodeJwt(bare(authorization)).aud !== AUDIENCE;
  } catch {
    return false;
  }
}

function bare(authorization: string): string {
  return authorization.replace(/^bearer /i, "");
}

/** Makes a token when one is needed: one for all concurrent callers, reused while it is valid. */
function keptToken(make: () => Promise<Token>): KeptToken {
  let current: Token | undefined;
  let making: Promise<Token> | undefined;
  let renewableMs = 0;
  const isValid = () => current !== undefined && current.untilMs - MARGIN_MS > Date.now();
  const get = async (mayAskAgain = true): Promise<Token> => {
    if (current !== undefined && isValid()) return current;
    const isShared = making !== undefined;
    making ??= make()
      .then((made) => {
        current = made;
        return made;
      })
      .finally(() => {
        making = undefined;
      });
    try {
      return await making;
    } catch (error) {
      // The time of a question that another began is over, and not that of this one.
      if (isShared && mayAskAgain && isLate(error)) return get(false);
      if (current === undefined || current.untilMs < Date.now() || isRefused(error)) throw error;
      return current;
    }
  };
  return {
    get: () => get(),
    isValid,
    renew: async (refused) => {
      if (current?.authorization === refused) {
        if (Date.now() < renewableMs) throw ownFault("a new token was refused");
        renewableMs = Date.now() + RENEW_MS;
        current = undefined;
      }
      return get();
    },
  };
}

/** With these codes auth says that it cannot answer now, whatever reason it gives. */
const NO_ANSWER: readonly Code[] = [Code.Unavailable, Code.ResourceExhausted, Code.DeadlineExceeded];

const SUBJECT_TOKEN_INVALID = reasonFacts(AuthReasonSchema, AuthReason.SUBJECT_TOKEN_INVALID).name;

function isRefused(error: unknown): boolean {
  return error instanceof ConnectError && !NO_ANSWER.includes(error.code) && reasonOf(error) !== undefined;
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
