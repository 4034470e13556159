import { ALGORITHM } from "@tessera/rpc/access-token.ts";
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
import { seal, unseal } from "./seal.ts";
import type { Store } from "./store/open-store.ts";

/** A signing key as it is stored. */
export interface StoredKey {
  kid: string;
  generation: number;
  publicJwk: JWK;
  sealedPrivateJwk: Uint8Array;
}

/** The keys of this deployment. */
export interface SigningKeys {
  /** The one that new sessions use. */
  currentKid: string;
  /** The private key of this id. A session keeps its key's id, so that its token can be made again. */
  privateKey(kid: string): CryptoKey;
  /** All public keys, as they are published. */
  published: JSONWebKeySet;
}

const FIRST_GENERATION = 1;

/**
 * Answers the deployment's keys, made by whichever replica starts first. Throws where the secret is not the one that
 * they were encrypted with.
 */
export async function signingKeys(store: Store, secret: Secret): Promise<SigningKeys> {
  let stored = await store.keys.list();
  if (stored.length === 0) {
    await store.keys.add(await newKey(secret));
    stored = await store.keys.list();
  }
  const privateKeys = new Map<string, CryptoKey>();
  for (const key of stored) privateKeys.set(key.kid, await opened(key, secret));
  return {
    currentKid: (stored.at(-1) as StoredKey).kid,
    privateKey: (kid) => {
      const key = privateKeys.get(kid);
      if (key === undefined) throw new Error(`the signing key ${kid} is not among those read at the start`);
      return key;
    },
    published: {
      keys: stored.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: ALGORITHM, use: "sig" })),
    },
  };
}

async function newKey(secret: Secret): Promise<StoredKey> {
  const pair = await generateKeyPair(ALGORITHM, { crv: "Ed25519", extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const privateJwk = JSON.stringify(await exportJWK(pair.privateKey));
  const sealedPrivateJwk = await seal(privateJwk, kid, secret.reveal());
  return { kid, generation: FIRST_GENERATION, publicJwk, sealedPrivateJwk };
}

async function opened({ kid, sealedPrivateJwk }: StoredKey, secret: Secret): Promise<CryptoKey> {
  const text = await unseal(sealedPrivateJwk, kid, secret.reveal()).catch((cause: unknown) => {
    throw new Error(`the signing key ${kid} was not encrypted with this KEY_ENCRYPTION_SECRET`, { cause });
  });
  return (await importJWK(JSON.parse(text) as JWK, ALGORITHM)) as CryptoKey;
}
