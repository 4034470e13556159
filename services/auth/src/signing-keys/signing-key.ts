import { algorithmOf, type TokenAlgorithm } from "@tessera/identity/token-algorithm.ts";
import type { Secret } from "@tessera/runtime/secret.ts";
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from "jose";
import { signingKeyInUse, signingKeyNotFound } from "./refusals.ts";
import { seal, unseal } from "./seal.ts";

/** A signing key as it is stored. */
export interface StoredKey {
  kid: string;
  generation: number;
  publicJwk: JWK;
  sealedPrivateJwk: Uint8Array;
  createTime: Date;
  /** It signs from then until the next one does. */
  activateTime: Date;
  revokeTime: Date | null;
  revision: bigint;
}

/** A new key, before its times are known. */
export type NewKey = Pick<StoredKey, "kid" | "generation" | "publicJwk" | "sealedPrivateJwk">;

const RSA_BITS = 2_048;

/** Makes a key that was never there before: its id is the thumbprint (RFC 7638) of a key made by chance. */
export async function newKey(generation: number, secret: Secret, algorithm: TokenAlgorithm): Promise<NewKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: RSA_BITS });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const privateJwk = JSON.stringify(await exportJWK(pair.privateKey));
  const sealedPrivateJwk = await seal(privateJwk, kid, secret.reveal());
  return { kid, generation, publicJwk, sealedPrivateJwk };
}

/** What signs, and by which algorithm. */
export interface OpenKey {
  algorithm: TokenAlgorithm;
  privateKey: CryptoKey;
}

/** The algorithm by which a signing key signs. */
export function signedBy(publicJwk: JWK): TokenAlgorithm {
  const algorithm = algorithmOf(publicJwk);
  if (algorithm === undefined) throw new Error(`a signing key is of kind ${publicJwk.kty}`);
  return algorithm;
}

/** The private key of a stored one. Throws where the secret is not the one that it was encrypted with. */
export async function openKey(
  { kid, publicJwk, sealedPrivateJwk }: NewKey,
  secret: Secret,
): Promise<OpenKey> {
  const text = await unseal(sealedPrivateJwk, kid, secret.reveal()).catch((cause: unknown) => {
    throw new Error(`the signing key ${kid} was not encrypted with this KEY_ENCRYPTION_SECRET`, { cause });
  });
  const algorithm = signedBy(publicJwk);
  return { algorithm, privateKey: (await importJWK(JSON.parse(text) as JWK, algorithm)) as CryptoKey };
}

/** How long a key is published before it signs: verifiers keep the keys that they have for up to two minutes. */
const PUBLISHED_BEFORE_SECONDS = 180;
/**
 * How long until a key that was made by hand signs: replicas read the keys every second, and verifiers ask for one
 * they lack.
 */
const BY_HAND_SECONDS = 5;
/** How long a key is published after it signed: tokens live at most an hour, and clocks differ. */
const PUBLISHED_AFTER_SECONDS = 3_600 + 60;

type Times = Pick<StoredKey, "activateTime" | "revokeTime">;

/** The key that signs at `time`, of keys in the order of their generations. */
export function keyAt<K extends Times>(keys: readonly K[], time: Date): K | undefined {
  const valid = keys.filter(isValid);
  return valid.findLast(({ activateTime }) => activateTime <= time) ?? valid[0];
}

/** The key that is to be made now, if it is time: the first, or the successor of the newest. */
export function successorDue(
  keys: readonly (Times & Pick<StoredKey, "generation">)[],
  now: Date,
  rotationSeconds: number,
): { generation: number; activateTime: Date } | undefined {
  const generation = nextGeneration(keys);
  const newest = keys.findLast(isValid);
  if (newest === undefined) return { generation, activateTime: now };
  const planned = after(newest.activateTime, rotationSeconds);
  const soonest = after(now, PUBLISHED_BEFORE_SECONDS);
  return planned > soonest ? undefined : { generation, activateTime: soonest };
}

/** The generation of the next key. */
export function nextGeneration(keys: readonly Pick<StoredKey, "generation">[]): number {
  return (keys.at(-1)?.generation ?? 0) + 1;
}

/**
 * The key, if it is revoked or may be. Refuses in this order: SIGNING_KEY_NOT_FOUND, SIGNING_KEY_IN_USE of the key that
 * signs at `now`.
 */
export function revocable(keys: readonly StoredKey[], kid: string, now: Date): StoredKey {
  const key = keys.find((it) => it.kid === kid);
  if (key === undefined) throw signingKeyNotFound(kid);
  if (keyAt(keys, now)?.kid === kid) throw signingKeyInUse(kid);
  return key;
}

/** From when on a key signs that is made by hand at `now`. */
export function soonestByHand(now: Date): Date {
  return after(now, BY_HAND_SECONDS);
}

/** The keys that verify at `now`: those that sign or will, and those that signed what may still live. */
export function publishedAt<K extends Times>(keys: readonly K[], now: Date): K[] {
  const valid = keys.filter(isValid);
  return valid.filter((_, index) => {
    const next = valid[index + 1];
    return next === undefined || after(next.activateTime, PUBLISHED_AFTER_SECONDS) > now;
  });
}

/** The keys as they are published (RFC 7517). */
export function keySetOf(keys: readonly Pick<StoredKey, "kid" | "publicJwk">[]): JSONWebKeySet {
  return {
    keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: signedBy(publicJwk), use: "sig" })),
  };
}

function isValid({ revokeTime }: Times): boolean {
  return revokeTime === null;
}

function after(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
