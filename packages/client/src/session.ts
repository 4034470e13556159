import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { type Credentials, renewing } from "./credentials.ts";

/** The tokens of a session, as CreateSession and the OAuth endpoints hand them out. */
export interface SessionTokens {
  accessToken: string;
  refreshToken: string;
  /** When the access token expires: an ISO 8601 time or a message. Absent: it is used until it is refused. */
  expireTime?: string | Timestamp | undefined;
}

/** Where the newest tokens of a session are kept. A refresh token can be used once, so each new pair has to be stored. */
export interface SessionStore {
  /** Returns the newest tokens: another process may have refreshed the session. */
  load?(): Promise<SessionTokens | undefined> | SessionTokens | undefined;
  /** Keeps the tokens. No call uses them before that is done. `expireTime` is an ISO 8601 time. */
  save(tokens: SessionTokens): Promise<void> | void;
}

/** A session of a person, refreshed as long as it lasts. */
export function session(tokens: SessionTokens, store?: SessionStore): Credentials {
  return renewing(async (auth, last) => {
    const newest = (await store?.load?.()) ?? undefined;
    const stored = newest && granted(newest);
    const isNewer = stored !== undefined && stored.refreshToken !== last?.refreshToken;
    if (isNewer && (stored.expireTimeMs ?? 0) > Date.now()) return stored;
    const { refreshToken } = (isNewer ? stored : last) ?? granted(tokens);
    const next = granted(await createClient(AuthService, auth).refreshSession({ refreshToken }));
    const expireTime =
      next.expireTimeMs === undefined ? undefined : new Date(next.expireTimeMs).toISOString();
    await store?.save({ accessToken: next.accessToken, refreshToken: next.refreshToken, expireTime });
    return next;
  }, granted(tokens));
}

function granted({ accessToken, refreshToken, expireTime }: SessionTokens) {
  return { accessToken, refreshToken, expireTimeMs: millisecondsOf(expireTime) };
}

function millisecondsOf(time: string | Timestamp | undefined): number | undefined {
  if (time === undefined) return undefined;
  return typeof time === "string" ? Date.parse(time) : timestampMs(time);
}
