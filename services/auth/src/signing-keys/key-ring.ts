import type { TokenAlgorithm } from "@tessera/identity/token-algorithm.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Secret } from "@tessera/runtime/secret.ts";
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { Store } from "../open-store.ts";
import {
  keyAt,
  keySetOf,
  newKey,
  type OpenKey,
  openKey,
  publishedAt,
  type StoredKey,
  successorDue,
} from "./signing-key.ts";

/** The keys of this deployment, as this replica last read them. */
export interface SigningKeys {
  /** The id of the key that signs what is made at `time`. */
  kidAt(time: Date): string;
  /** The private key of an id that `kidAt` answered, and its algorithm. */
  openKey(kid: string): OpenKey;
  /** All public keys that verify, as they are published. */
  published(): JSONWebKeySet;
  /** Whether a key is published now. */
  isPublished(kid: string): boolean;
  /** Finds the public key of a token. */
  find: JWTVerifyGetKey;
}

/** The keys, and what keeps them up to date. */
export interface KeyRing extends SigningKeys {
  /** Reads the keys again, and makes the next one when it is time. */
  refresh(): Promise<void>;
  stop(): void;
}

/** How the keys are kept. */
export interface KeyRingOptions {
  secret: Secret;
  rotationSeconds: number;
  /** Of the keys that are made by the schedule. */
  algorithm: TokenAlgorithm;
  log: Log;
}

/** Keys are read again this often. A key that was made by hand signs some polls later, on all replicas. */
const POLL_MS = 1_000;

/**
 * Keeps the deployment's keys in memory. The first is made by whichever replica starts first, and each next one by
 * whichever comes first when it is time: a generation has one key. Throws where the secret is not the one that they were
 * encrypted with.
 */
export async function keyRing(
  store: Store,
  { secret, rotationSeconds, algorithm, log }: KeyRingOptions,
): Promise<KeyRing> {
  const openKeys = new Map<string, OpenKey>();
  let known: StoredKey[] = [];
  let published: JSONWebKeySet = { keys: [] };
  let find = createLocalJWKSet(published);

  const refresh = async (): Promise<void> => {
    let { keys, now } = await store.keys.read();
    const due = successorDue(keys, now, rotationSeconds);
    if (due !== undefined) {
      await store.keys.add(await newKey(due.generation, secret, algorithm), due.activateTime);
      ({ keys, now } = await store.keys.read());
    }
    const valid = keys.filter(({ revokeTime }) => revokeTime === null);
    for (const key of valid) {
      if (!openKeys.has(key.kid)) openKeys.set(key.kid, await openKey(key, secret));
    }
    const kids = new Set(valid.map(({ kid }) => kid));
    for (const kid of openKeys.keys()) if (!kids.has(kid)) openKeys.delete(kid);
    known = keys;
    const next = keySetOf(publishedAt(keys, now));
    if (JSON.stringify(next) === JSON.stringify(published)) return;
    published = next;
    find = createLocalJWKSet(published);
  };

  await refresh();
  const polling = repeat({
    everyMs: POLL_MS,
    work: refresh,
    failed: (error) => log.warn({ err: error }, "could not read the signing keys; retrying"),
    later: true,
  });
  return {
    kidAt: (time) => {
      const key = keyAt(known, time);
      if (key === undefined) throw new Error("there is no signing key");
      return key.kid;
    },
    openKey: (kid) => {
      const key = openKeys.get(kid);
      if (key === undefined) throw new Error(`the signing key ${kid} is not among those that were read`);
      return key;
    },
    published: () => published,
    isPublished: (kid) => published.keys.some((key) => key.kid === kid),
    find: (header, token) => find(header, token),
    refresh,
    stop: () => void polling.stop(),
  };
}
