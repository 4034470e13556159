import type { JSONWebKeySet, JWK } from "jose";

/** The signature algorithms of access tokens. */
export const TOKEN_ALGORITHMS = ["EdDSA", "RS256"] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** The one algorithm of a key: EdDSA of Ed25519, RS256 of RSA. Undefined for a key that signs no access tokens. */
export function algorithmOf({ kty, crv }: Pick<JWK, "kty" | "crv">): TokenAlgorithm | undefined {
  if (kty === "OKP" && crv === "Ed25519") return "EdDSA";
  return kty === "RSA" ? "RS256" : undefined;
}

/**
 * The same keys, each valid for its one algorithm, whatever a token says. Keys that sign no access tokens are left
 * out.
 */
export function pinnedKeys({ keys }: JSONWebKeySet): JSONWebKeySet {
  const pinned = keys.flatMap((key) => {
    const alg = algorithmOf(key);
    return alg === undefined || (key.alg ?? alg) !== alg ? [] : [{ ...key, alg }];
  });
  return { keys: pinned };
}
