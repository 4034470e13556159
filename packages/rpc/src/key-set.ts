import { Code, ConnectError } from "@connectrpc/connect";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { Logger } from "pino";
import { pinnedKeys } from "./token-algorithm.ts";

/** Keys are fetched again this often, in the background. */
const REFRESH_MS = 60_000;
/** After a failure, or for a key that is not known yet, they are fetched again after so long. */
const RETRY_MS = 1_000;
/** Keys that could not be fetched again are used for so long. */
const STALE_MAX_MS = 24 * 3_600_000;
const FETCH_TIMEOUT_MS = 2_000;
const KEY_SET_MAX_BYTES = 64 * 1024;

/** The public keys of the auth service, kept in this process. */
export interface KeySet {
  keys: JWTVerifyGetKey;
  /** Resolves when keys are there. */
  ready(): Promise<void>;
  stop(): void;
}

/**
 * Keeps the keys at a JWKS URL, refreshed in the background and used while stale within a bound.
 *
 * jose's own remote key set stops verifying ten minutes after the other end went away; people who are signed in must be
 * able to go on working for longer than that.
 */
export function keySet(url: string, log: Logger): KeySet {
  let current: { find: JWTVerifyGetKey; fetchedMs: number } | undefined;
  let refreshing: Promise<void> | undefined;
  let lastTryMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

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
  const loop = async (): Promise<void> => {
    const delay = await refresh().then(
      () => REFRESH_MS,
      (error: unknown) => {
        log.warn({ cause: String(error) }, "keys could not be fetched");
        return RETRY_MS;
      },
    );
    if (!stopped) timer = setTimeout(() => void loop(), delay).unref();
  };
  void loop();

  return {
    keys: async (header, token) => {
      if (current === undefined || Date.now() - current.fetchedMs > STALE_MAX_MS)
        await refresh().catch(() => {});
      if (current === undefined)
        throw new ConnectError("the keys of auth are not to be had", Code.Unavailable);
      const looked = current;
      try {
        return await looked.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        // A key that is new since the last refresh; asked for at most once a second, whatever callers send. Who comes while
        // it is asked for waits for the answer, and who comes just after it has it.
        const isNewer = looked !== current;
        if (!isNewer && refreshing === undefined && Date.now() - lastTryMs < RETRY_MS) throw error;
        if (!isNewer) await refresh().catch(() => {});
        return current.find(header, token);
      }
    },
    ready: async () => {
      if (current === undefined) await refresh();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
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
