import { repeat } from "@tessera/runtime/repeat.ts";
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { Logger } from "pino";
import { pinnedKeys } from "./token-algorithm.ts";

/** Keys are fetched again this often, in the background. */
const REFRESH_MS = 60_000;
/** The pause before keys are fetched again after a failure, or for an unknown key. */
const RETRY_MS = 1_000;
/** How long keys are used while they cannot be fetched again. */
const STALE_MAX_MS = 24 * 3_600_000;
const FETCH_TIMEOUT_MS = 2_000;
const KEY_SET_MAX_BYTES = 64 * 1024;

/** The public keys at one URL, kept in this process. */
export interface KeySource {
  /** The keys that are known; undefined before they were fetched, and once they are too old. */
  known(): JWTVerifyGetKey | undefined;
  /**
   * Resolves when the keys were asked for after `looked` was looked at. Asks at most once a second, whatever callers send:
   * returns false where that second is not over.
   */
  renew(looked: JWTVerifyGetKey | undefined): Promise<boolean>;
  /** Rejects where the keys are not known and cannot be fetched. */
  ready(): Promise<void>;
  stop(): void;
}

/**
 * Keeps the keys at a JWKS URL, refreshed in the background and used while stale within a bound.
 *
 * jose's own remote key set stops verifying ten minutes after auth became unavailable; signed-in people must be able
 * to work for longer than that.
 */
export function keySource(url: string, log: Logger): KeySource {
  let current: { find: JWTVerifyGetKey; fetchedMs: number } | undefined;
  let refreshing: Promise<void> | undefined;
  let lastTryMs = 0;

  const refresh = (): Promise<void> => {
    refreshing ??= (async () => {
      lastTryMs = Date.now();
      try {
        current = { find: createLocalJWKSet(pinnedKeys(await fetchKeys(url))), fetchedMs: Date.now() };
      } finally {
        refreshing = undefined;
      }
    })();
    return refreshing;
  };
  const refreshed = repeat({
    everyMs: REFRESH_MS,
    retry: { firstMs: RETRY_MS, mostMs: RETRY_MS },
    work: refresh,
    failed: (error) => log.warn({ url, cause: String(error) }, "could not fetch the signing keys; retrying"),
  });
  const known = () =>
    current !== undefined && Date.now() - current.fetchedMs <= STALE_MAX_MS ? current.find : undefined;
  return {
    known,
    renew: async (looked) => {
      if (known() !== looked) return true;
      if (refreshing === undefined && Date.now() - lastTryMs < RETRY_MS) return false;
      await refresh().catch(() => {});
      return true;
    },
    ready: async () => {
      if (known() === undefined) await refresh();
    },
    stop: () => void refreshed.stop(),
  };
}

async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), redirect: "error" });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await response.text();
  if (text.length > KEY_SET_MAX_BYTES)
    throw new Error(`${url} answered more than ${KEY_SET_MAX_BYTES} bytes`);
  return JSON.parse(text) as JSONWebKeySet;
}
