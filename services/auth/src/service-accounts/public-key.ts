import { Refusal } from "@tessera/rpc/refusal.ts";
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from "jose";
import { z } from "zod";
import { pointFault } from "./ed25519-point.ts";
import { publicKeyInvalid } from "./refusals.ts";

/** As it is written, and in no other way: one key has one thumbprint. */
const base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]{2,1024}$/)
  .refine((text) => Buffer.from(text, "base64url").toString("base64url") === text);

/** The keys that are taken, each with no more members than it needs: a private part is refused, not dropped. */
const publicJwk = z.union([
  z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: base64url }),
  z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: base64url, y: base64url }),
  z.object({ kty: z.literal("RSA"), n: base64url, e: base64url }),
]);
const PRIVATE_PARTS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const RSA_BITS = { least: 2_048, most: 4_096 };
const RSA_EXPONENT = { least: 3n, most: 2n ** 32n };

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
    throw publicKeyInvalid("public_key.json", "The key is no JSON");
  }
  return publicKeyOf(value);
}

/** Takes a public JWK. Refuses PUBLIC_KEY_INVALID. */
export async function publicKeyOf(value: unknown): Promise<PublicKey> {
  const { success, data } = publicJwk.safeParse(value);
  if (!success)
    throw publicKeyInvalid("public_key.kind", "The key is no public JWK of Ed25519, P-256 or RSA");
  if (PRIVATE_PARTS.some((name) => Object.hasOwn(value as object, name)))
    throw publicKeyInvalid(
      "public_key.private",
      "The key has private parts, which only its owner may have: it should be used no more",
    );
  refuseForgeable(data);
  const jwk = { ...data, alg: ALGORITHMS[data.kty], use: "sig" };
  try {
    const key = await importJWK(jwk);
    const { modulusLength } = (key as CryptoKey).algorithm as { modulusLength?: number };
    if (modulusLength !== undefined && (modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most))
      throw publicKeyInvalid("public_key.bits", `An RSA key has ${RSA_BITS.least} to ${RSA_BITS.most} bits`);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw notWhole();
  }
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, publicJwk: { ...jwk, kid } };
}

/** Refuses keys that libraries take and that anybody signs for: points of small order, and RSA without a real exponent. */
function refuseForgeable(jwk: z.output<typeof publicJwk>): void {
  if (jwk.kty === "OKP") {
    const fault = pointFault(Buffer.from(jwk.x, "base64url"));
    if (fault === "small order")
      throw publicKeyInvalid(
        "public_key.order",
        "The key is a point of small order, for which anybody can sign",
      );
    if (fault !== undefined) throw notWhole();
  }
  if (jwk.kty === "RSA") {
    const [modulus, exponent] = [jwk.n, jwk.e].map((text) => Buffer.from(text, "base64url")) as [
      Buffer,
      Buffer,
    ];
    const e = BigInt(`0x${exponent.toString("hex")}`);
    const isSound = e >= RSA_EXPONENT.least && e <= RSA_EXPONENT.most && e % 2n === 1n;
    if (!isSound)
      throw publicKeyInvalid(
        "public_key.exponent",
        "The exponent of an RSA key is odd, from 3 to 2^32; 65537 is usual",
      );
    if ((modulus.at(-1) as number) % 2 === 0) throw notWhole();
  }
}

function notWhole(): Refusal {
  return publicKeyInvalid("public_key.point", "The key is on no curve, or not whole");
}
