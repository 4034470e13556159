/** Under which sessions are named. */
export const SESSIONS = "sessions/";

/** A session as it is stored. */
export interface StoredSession {
  sessionId: string;
  userId: bigint;
  /** The version of the holder's tokens when the session's newest were made. */
  tokenVersion: number;
  clientId: string;
  scopes: string[];
  createTime: Date;
  /** When the newest tokens were made. */
  issueTime: Date;
  /** When the newest access token ends, in whole seconds as `exp` is. */
  expireTime: Date;
  /** Until when the newest refresh token is taken; null where there is none. */
  refreshExpireTime: Date | null;
  /** When the session expires, refreshed or not. */
  lastExpireTime: Date;
  /** Which refresh token is the newest, counted from 0. */
  generation: number;
  /** Null for a session that cannot be refreshed. */
  refreshSalt: Uint8Array | null;
  revokeTime: Date | null;
  revision: bigint;
}

/** How long the tokens of a session are valid. */
export interface Lifetimes {
  accessTokenSeconds: number;
  /** After how many days without use a refresh token expires. */
  refreshIdleSeconds: number;
  /** The longest duration of a session. */
  refreshLifetimeSeconds: number;
  /** How long a used refresh token returns the same successor. */
  refreshReplaySeconds: number;
}

/** What becomes of a session whose refresh token is presented. */
export type Refreshing = "rotate" | "repeat" | "reuse" | "refuse";

/** The times of a session whose tokens are made now. */
export function timesOf(
  lifetimes: Lifetimes,
  now: Date,
  { createTime, isRefreshable }: { createTime: Date; isRefreshable: boolean },
): Pick<StoredSession, "issueTime" | "expireTime" | "refreshExpireTime" | "lastExpireTime"> {
  const expireTime = accessExpiry(lifetimes, now);
  if (!isRefreshable)
    return { issueTime: now, expireTime, refreshExpireTime: null, lastExpireTime: expireTime };
  const lastExpireTime = after(createTime, lifetimes.refreshLifetimeSeconds);
  const idle = after(now, lifetimes.refreshIdleSeconds);
  const refreshExpireTime = idle < lastExpireTime ? idle : lastExpireTime;
  return { issueTime: now, expireTime, refreshExpireTime, lastExpireTime };
}

/** When an access token that is made now ends: in whole seconds, as `exp` is. */
export function accessExpiry({ accessTokenSeconds }: Lifetimes, now: Date): Date {
  return new Date((Math.floor(now.getTime() / 1000) + accessTokenSeconds) * 1000);
}

/**
 * Decides what a genuine refresh token of `generation` does. The newest is rotated; the one before it is answered by the
 * same successor for a short while, since answers get lost; any other was used before, by its owner or by a thief.
 */
export function refreshing(
  session: StoredSession,
  generation: number,
  now: Date,
  { refreshReplaySeconds }: Lifetimes,
): Refreshing {
  const { revokeTime, refreshExpireTime } = session;
  if (revokeTime !== null || refreshExpireTime === null || refreshExpireTime <= now) return "refuse";
  if (generation === session.generation) return "rotate";
  const isJustRotated =
    generation === session.generation - 1 && now < after(session.issueTime, refreshReplaySeconds);
  return isJustRotated ? "repeat" : "reuse";
}

function after(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
