import { randomUUID } from "node:crypto";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { decodeJwt } from "jose";
import type { Deps } from "../deps.ts";
import { COOKIES, endCookie, setCookie } from "./cookies.ts";

/** The person who is signed in. */
export interface Person {
  userId: bigint;
  name: string;
  sessionId: string;
  /** Whether the person was an administrator when they signed in. It decides what pages offer; the services decide what is done. */
  isAdministrator: boolean;
}

/** What the cookie of a session carries, encrypted. */
interface Session {
  accessToken: string;
  refreshToken: string;
  name: string;
  /** The person's role at the sign-in: "2" for an administrator. */
  role: string;
}

/** The session of a request, and what its answer does with the cookie. */
export interface OpenSession {
  person: Person | undefined;
  /** What calls carry in the person's name. */
  authorization: string | undefined;
  /** The cookie to set; undefined to leave it as it is. */
  cookie: string | undefined;
  /** Whether a session was there that is over. */
  isOver: boolean;
}

/** An access token is refreshed when it has less time left than this: a page and its calls take no longer. */
const REFRESH_BEFORE_MS = 60_000;
/** A cookie that is not used for this long is dropped; auth ends sessions by its own rules. */
const COOKIE_MAX_AGE_SECONDS = 30 * 86_400;

const NOBODY: OpenSession = { person: undefined, authorization: undefined, cookie: undefined, isOver: false };

/** Opens the session of a request. An access token that is about to expire is replaced here, and nowhere else. */
export async function openSession(
  deps: Deps,
  cookie: string | undefined,
  nowMs: number,
): Promise<OpenSession> {
  if (cookie === undefined) return NOBODY;
  const session = (await deps.sealed.open("session", cookie)) as Session | undefined;
  if (session === undefined) return { ...NOBODY, cookie: endCookie(COOKIES.session), isOver: true };
  const { exp = 0 } = decodeJwt(session.accessToken);
  if (exp * 1_000 - nowMs > REFRESH_BEFORE_MS) return opened(session, undefined);
  return refresh(deps, session, exp * 1_000 > nowMs);
}

/**
 * Takes the next tokens. Auth gives the same ones again for a while: two windows of one browser, or two replicas of the
 * console, may ask at once.
 */
async function refresh(deps: Deps, session: Session, isStillValid: boolean): Promise<OpenSession> {
  const auth = createClient(AuthService, deps.transportFor(AuthService));
  try {
    const { refreshToken } = session;
    const next = await auth.refreshSession({ requestId: randomUUID(), refreshToken });
    const renewed = { ...session, accessToken: next.accessToken, refreshToken: next.refreshToken };
    return opened(renewed, await sessionCookie(deps, renewed));
  } catch (error) {
    const { code } = ConnectError.from(error);
    if (code === Code.Unauthenticated || code === Code.InvalidArgument || code === Code.PermissionDenied)
      return { ...NOBODY, cookie: endCookie(COOKIES.session), isOver: true };
    // Auth is away: the token that is there serves for as long as it lasts.
    if (isStillValid) return opened(session, undefined);
    throw error;
  }
}

function opened(session: Session, cookie: string | undefined): OpenSession {
  const { sub = "", sid = "" } = decodeJwt<{ sid?: string }>(session.accessToken);
  const person = {
    userId: BigInt(/^\d+$/.test(sub) ? sub : 0),
    name: session.name,
    sessionId: String(sid),
    isAdministrator: session.role === String(SystemRole.ADMINISTRATOR),
  };
  return { person, authorization: `Bearer ${session.accessToken}`, cookie, isOver: false };
}

/** The cookie of a session that begins, or of its next tokens. */
export async function sessionCookie(deps: Pick<Deps, "sealed">, session: Session): Promise<string> {
  const { accessToken, refreshToken, name, role } = session;
  const sealed = await deps.sealed.seal(
    "session",
    { accessToken, refreshToken, name, role },
    COOKIE_MAX_AGE_SECONDS,
  );
  return setCookie(COOKIES.session, sealed, COOKIE_MAX_AGE_SECONDS);
}
