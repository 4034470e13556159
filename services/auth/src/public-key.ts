import { Refusal } from "@tessera/rpc/refusal.ts";
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from "jose";
import { z } from "zod";
import { publicKeyInvalid } from "./service-account-refusals.ts";

const base64url = z.string().regex(/^[A-Za-z0-9_-]{3,1024}$/);

/** The keys that are taken, each with no more members than it needs: a private part is refused, not dropped. */
const publicJwk = z.union([
  z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: base64url }),
  z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: base64url, y: base64url }),
  z.object({ kty: z.literal("RSA"), n: base64url, e: base64url }),
]);
const PRIVATE_PARTS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const RSA_BITS = { least: 2_048, most: 4_096 };

/** What the keys of each kind sign assertions by. */
const ALGORITHMS = { OKP: "EdDSA", EC: "ES256", RSA: "RS256" } as const;
/** Every signature algorithm of assertions. Ed25519 is what RFC 9864 calls EdDSA with keys of that curve. */
export const ASSERTION_ALGORITHMS = ["EdDSA", "Ed25519", "ES256", "RS256", "PS256"];

/** A public key and its thumbprint (RFC 7638). */
export interface PublicKey {
  kid: string;
  publicJwk: JWK;
}

/** Reads a public JWK. Refuses PUBLIC_KEY_INVALID. */
export async function readPublicKey(text: string): Promise<PublicKey> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw publicKeyInvalid("The key is no JSON");
  }
  return publicKeyOf(value);
}

/** Takes a public JWK. Refuses PUBLIC_KEY_INVALID. */
export async function publicKeyOf(value: unknown): Promise<PublicKey> {
  const { success, data } = publicJwk.safeParse(value);
  if (!success) throw publicKeyInvalid("The key is no public JWK of Ed25519, P-256 or RSA");
  if (PRIVATE_PARTS.some((name) => Object.hasOwn(value as object, name)))
    throw publicKeyInvalid(
      "The key has private parts, which only its owner may have: it should be used no more",
    );
  const jwk = { ...data, alg: ALGORITHMS[data.kty], use: "sig" };
  try {
    const key = await importJWK(jwk);
    const { modulusLength } = (key as CryptoKey).algorithm as { modulusLength?: number };
    if (modulusLength !== undefined && (modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most))
      throw publicKeyInvalid(`An RSA key has ${RSA_BITS.least} to ${RSA_BITS.most} bits`);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw publicKeyInvalid("The key is on no curve, or not whole");
  }
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, publicJwk: { ...jwk, kid } };
}
