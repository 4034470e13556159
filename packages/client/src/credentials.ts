import type { Transport } from "@connectrpc/connect";

/** What proves who calls. */
export interface Credentials {
  /**
   * Returns the access token of the next call; undefined for a call of nobody. `auth` reaches the auth service without a
   * token. `refused` is a token that was refused: another one is returned if there is one.
   */
  token(auth: Transport, refused?: string): Promise<string | undefined>;
}

/** An access token that was granted, and when it expires. */
export interface Granted {
  accessToken: string;
  /** When it expires, in milliseconds since the epoch. Absent: it is used until it is refused. */
  expireTimeMs?: number | undefined;
}

/** A token is renewed this long before it expires, or after two thirds of its lifetime if that is later. */
const MARGIN_MS = 30_000;
const MARGIN_SHARE = 1 / 3;

/** An access token that is not renewed. */
export function accessToken(token: string): Credentials {
  return { token: () => Promise.resolve(token) };
}

/**
 * Credentials whose access token is renewed before it expires, and when it is refused. Of any number of calls that need
 * another token at once, one asks for it and the others wait for the answer.
 */
export function renewing<T extends Granted>(
  renew: (auth: Transport, last: T | undefined) => Promise<T>,
  first?: T,
): Credentials {
  let current = first;
  let staleTimeMs = staleTime(first);
  let running: Promise<string> | undefined;
  const renewed = async (auth: Transport) => {
    current = await renew(auth, current);
    staleTimeMs = staleTime(current);
    return current.accessToken;
  };
  return {
    token: async (auth, refused) => {
      if (current && current.accessToken !== refused && Date.now() < staleTimeMs) return current.accessToken;
      running ??= renewed(auth).finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

function staleTime(granted: Granted | undefined): number {
  const expireTimeMs = granted?.expireTimeMs;
  if (expireTimeMs === undefined) return Number.POSITIVE_INFINITY;
  return expireTimeMs - Math.min(MARGIN_MS, (expireTimeMs - Date.now()) * MARGIN_SHARE);
}
