import { Code, ConnectError, createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { away } from "@tessera/rpc/admission/away.ts";
import { askTogether } from "@tessera/rpc/ask-together.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isOwnFault } from "@tessera/rpc/credential-fault.ts";
import { forOthersToo, onward } from "@tessera/rpc/deadline.ts";
import { within } from "@tessera/rpc/within.ts";
import { KeptAnswers } from "@tessera/runtime/kept-answers.ts";
import { type Viewer, viewerOf } from "./viewer.ts";

/** How long an answer of auth about a user is used, counted from the call; it is refreshed sooner. */
const FRESH_MS = 5_000;
const RENEW_MS = 2_500;
/** How long answers are used while auth is unavailable. */
const STALE_MS = 600_000;
/** The longest wait for a fresh answer about a user who is known. */
const WAIT_MS = 1_000;
/** How long an answer is waited for. */
const ASK_MS = 5_000;
/** The most people kept; the least recently seen is dropped first. */
const KEPT_MAX = 20_000;
/** The most people in one call. */
const MANY_MAX = 100;

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** Somebody, and how old that is. */
export interface KnownViewer {
  viewer: Viewer;
  /** When this was true, in milliseconds since the epoch, by this process's clock. */
  asOfMs: number;
}

/** The caller. */
export interface Viewers {
  /** The caller; undefined for somebody who did not sign in. The refusals and failures of auth cross as they are. */
  of(context: Context, options?: { mostMs?: number; notBeforeMs?: number }): Promise<Viewer | undefined>;
  /** The same, with its age. */
  known(
    context: Context,
    options?: { mostMs?: number; notBeforeMs?: number },
  ): Promise<KnownViewer | undefined>;
  /** Anybody, for a service that may know. Unknown and blocked users are left out. */
  many(userIds: readonly bigint[], options?: { notBeforeMs?: number }): Promise<Map<bigint, KnownViewer>>;
  /** Something of this person has changed. */
  forget(userId: bigint): void;
  /** Something of anybody may have changed. */
  forgetAll(): void;
}

/** What viewers are asked with: the caller's own token, or the service's own name. */
export interface ViewersOptions {
  /** Exchanges the callers' tokens by itself. */
  auth: Transport;
  /** Undefined for a service without an account, which can only ask about its callers. */
  own: { auth: Transport; headers(): Promise<Record<string, string>> } | undefined;
  /** Whether a user is known to be blocked. */
  isBlocked(userId: bigint): boolean;
}

/** Asks auth who people are, and keeps the answers for some seconds. */
export function viewers({ auth, own, isBlocked }: ViewersOptions): Viewers {
  const [users, memberships] = [createClient(AuthService, auth), createClient(MembershipService, auth)];
  const kept = new KeptAnswers<KnownViewer>({
    freshMs: FRESH_MS,
    renewMs: RENEW_MS,
    staleMs: STALE_MS,
    waitMs: WAIT_MS,
    max: KEPT_MAX,
  });

  const together = own && askOwn(own);

  const ask = async (userId: bigint, context: Context): Promise<KnownViewer> => {
    const found = await together?.(userId).catch(undefinedIfOwnFault);
    if (found !== undefined && !isBlocked(userId)) return found;
    const asOfMs = Date.now();
    const call = { ...onward(forOthersToo(context)), timeoutMs: ASK_MS };
    const [{ user }, belongs] = await Promise.all([
      users.getCurrentUser({}, call),
      memberships.batchGetMemberships({ userIds: [userId] }, call),
    ]);
    const [known] = belongs.memberships;
    if (user === undefined || known === undefined) throw leftOut();
    return { viewer: viewerOf(user, known), asOfMs };
  };
  const one = async (userId: bigint): Promise<KnownViewer> => {
    if (together === undefined) throw noAccount();
    const found = await together(userId);
    if (found === undefined) throw new ConnectError("there is no such user", Code.NotFound);
    return found;
  };
  const known: Viewers["known"] = async (context, { mostMs, notBeforeMs } = {}) => {
    const { userId } = callerOf(context);
    if (userId === 0n) return undefined;
    const asking = notBeforeMs === undefined ? {} : { notBeforeMs };
    const answer = kept.get(String(userId), () => ask(userId, context), asking);
    const limitMs = Math.min(mostMs ?? Number.POSITIVE_INFINITY, onward(context).timeoutMs);
    return away(context, within(answer, limitMs));
  };
  return {
    known,
    of: async (context, options) => (await known(context, options))?.viewer,
    many: async (userIds, { notBeforeMs } = {}) => {
      const asking = notBeforeMs === undefined ? {} : { notBeforeMs };
      const found = await Promise.all(
        userIds
          .filter((userId) => !isBlocked(userId))
          .map((userId) => kept.get(String(userId), () => one(userId), asking).catch(undefinedIfNotFound)),
      );
      return new Map(found.flatMap((it) => (it === undefined ? [] : [[it.viewer.userId, it] as const])));
    },
    forget: (userId) => kept.forget(String(userId)),
    forgetAll: () => kept.forgetAll(),
  };
}

/**
 * Asks in this service's own name, which knows of everybody, about all who are asked about at the same time together. Leaves
 * out who is blocked: the refusal of a blocked caller is the auth service's.
 */
function askOwn({ auth, headers }: NonNullable<ViewersOptions["own"]>) {
  const [users, memberships] = [createClient(UserService, auth), createClient(MembershipService, auth)];
  return askTogether<bigint, KnownViewer>({
    groupOf: () => "",
    keyOf: String,
    most: MANY_MAX,
    ask: async (userIds) => {
      const asOfMs = Date.now();
      const call = { headers: await headers(), timeoutMs: ASK_MS };
      const [found, belonging] = await Promise.all([
        users.batchGetUsers({ userIds }, call),
        memberships.batchGetMemberships({ userIds }, call),
      ]);
      const belongs = new Map(belonging.memberships.map((it) => [it.userId, it]));
      return new Map(
        found.users.flatMap((user) => {
          const known = belongs.get(user.userId);
          return known && !user.blocked
            ? [[String(user.userId), { viewer: viewerOf(user, known), asOfMs }] as const]
            : [];
        }),
      );
    },
  });
}

function undefinedIfOwnFault(error: unknown): undefined {
  if (isOwnFault(error)) return undefined;
  throw error;
}

function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof ConnectError && error.code === Code.NotFound) return undefined;
  throw error;
}

function noAccount(): ConnectError {
  return new ConnectError("this service has no service account", Code.Unavailable);
}

function leftOut(): ConnectError {
  return new ConnectError("the auth service left the user out", Code.Internal);
}

/** The viewer, or undefined while auth cannot be asked. */
export async function ifAuthIsThere(viewer: Promise<Viewer | undefined>): Promise<Viewer | undefined> {
  try {
    return await viewer;
  } catch (error) {
    const gone: Code[] = [Code.Unavailable, Code.DeadlineExceeded];
    if (error instanceof ConnectError && error.details.length === 0 && gone.includes(error.code))
      return undefined;
    throw error;
  }
}
