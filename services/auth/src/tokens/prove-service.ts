import { createHash } from "node:crypto";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import type { Deps } from "../deps.ts";
import { ASSERTION_ALGORITHMS } from "../service-accounts/public-key.ts";
import { assertionInvalid, assertionReused } from "../service-accounts/refusals.ts";
import type { AccountWithKeys, StoredServiceAccount } from "../service-accounts/service-account.ts";
import { accountOf, useAssertion } from "../service-accounts/store.ts";
import { holdUser } from "../sessions/store.ts";
import { holderOf } from "../users/token-holder.ts";

/** The longest lifetime of an assertion. */
const LIFETIME_MAX_SECONDS = 300;
const SKEW_SECONDS = 5;
const JTI_MAX_LENGTH = 256;
/** An assertion names at most this many audiences, one of which is ours. */
const AUDIENCES_MAX = 8;
const CLIENT_ID = /^[a-z][a-z0-9-]{2,63}$/;

/**
 * Finds the account that an assertion proves (RFC 7523: a JWT signed by one of its keys, for us, and good once), and uses
 * the assertion up. Refuses ASSERTION_INVALID, ASSERTION_REUSED and USER_BLOCKED.
 */
export async function proveService(
  deps: Pick<Deps, "assertionAudiences">,
  tx: TransactionSql,
  assertion: string,
  now: Date,
): Promise<StoredServiceAccount> {
  const clientId = issuerOf(assertion);
  const account = clientId === undefined ? undefined : await accountOf(tx, clientId);
  if (account === undefined) throw assertionInvalid();
  const { exp, jti } = await verified(assertion, account, deps.assertionAudiences, now);
  const { userId } = account;
  holderOf(await holdUser(tx, userId));
  const jtiHash = createHash("sha256").update(jti).digest();
  // It is taken for as long as clocks may differ after its end, so it is remembered for longer.
  const expireTime = new Date((exp + 2 * SKEW_SECONDS) * 1000);
  if (!(await useAssertion(tx, { userId, jtiHash, expireTime }))) throw assertionReused();
  return account;
}

/** The client that an assertion names, unverified. */
function issuerOf(assertion: string): string | undefined {
  try {
    const { iss } = decodeJwt(assertion);
    return typeof iss === "string" && CLIENT_ID.test(iss) ? iss : undefined;
  } catch {
    return undefined;
  }
}

async function verified(
  assertion: string,
  { clientId, keys }: AccountWithKeys,
  audiences: readonly string[],
  now: Date,
): Promise<{ exp: number; jti: string }> {
  // The kind of a key says by which algorithms it signs; that of Ed25519 has two names.
  const find = createLocalJWKSet({ keys: keys.map(({ publicJwk: { alg: _, ...jwk } }) => jwk) });
  try {
    const { payload } = await jwtVerify(assertion, find, {
      algorithms: ASSERTION_ALGORITHMS,
      issuer: clientId,
      subject: clientId,
      audience: [...audiences],
      clockTolerance: SKEW_SECONDS,
      currentDate: now,
      requiredClaims: ["exp", "jti", "aud"],
    });
    return sound(payload, now);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw assertionInvalid();
    throw error;
  }
}

/** What jose leaves open: a short list of audiences, a life that is short, an id of some length, no time to come. */
function sound({ aud, exp, iat, jti }: JWTPayload, now: Date): { exp: number; jti: string } {
  const seconds = now.getTime() / 1000;
  const isSound =
    [aud].flat().length <= AUDIENCES_MAX &&
    typeof exp === "number" &&
    exp <= seconds + LIFETIME_MAX_SECONDS + SKEW_SECONDS &&
    (iat === undefined || iat <= seconds + SKEW_SECONDS) &&
    typeof jti === "string" &&
    jti.length > 0 &&
    jti.length <= JTI_MAX_LENGTH;
  if (!isSound) throw assertionInvalid();
  return { exp, jti };
}
