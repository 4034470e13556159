import { Code, ConnectError, createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { forOthersToo, onward } from "@tessera/rpc/deadline.ts";
import { KeptAnswers } from "@tessera/rpc/kept-answers.ts";
import { within } from "@tessera/rpc/within.ts";
import { type Viewer, viewerOf } from "./viewer.ts";

/** What auth said of somebody is used for so long, counted from the moment of asking; it is asked again sooner. */
const FRESH_MS = 5_000;
const RENEW_MS = 2_500;
/** While auth is gone, those who were known are known for so long. */
const STALE_MS = 600_000;
/** Who is known from before waits no longer than this to be known anew. */
const WAIT_MS = 1_000;
/** How long an answer is waited for. */
const ASK_MS = 5_000;
/** So many people are kept; who was not seen for the longest leaves first. */
const KEPT_MAX = 20_000;
/** So many people are asked about at once. */
const MANY_MAX = 100;

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** Somebody, and how old that is. */
export interface KnownViewer {
  viewer: Viewer;
  /** When this was true, in milliseconds since the epoch, by this process's clock. */
  asOfMs: number;
}

/** Who asks. */
export interface Viewers {
  /** The caller; undefined for somebody who did not sign in. The refusals and failures of auth cross as they are. */
  of(context: Context, options?: { mostMs?: number; notBeforeMs?: number }): Promise<Viewer | undefined>;
  /** The same, with its age. */
  known(
    context: Context,
    options?: { mostMs?: number; notBeforeMs?: number },
  ): Promise<KnownViewer | undefined>;
  /** Anybody, for a service that may know. Who is not a user, and who is blocked, is left out. */
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
  /** Whether somebody is known to be blocked. */
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

  const ask = async (userId: bigint, context: Context): Promise<KnownViewer> => {
    const asOfMs = Date.now();
    const call = { ...onward(forOthersToo(context)), timeoutMs: ASK_MS };
    const [{ user }, belongs] = await Promise.all([
      users.getCurrentUser({}, call),
      memberships.getMemberships({ userIds: [userId] }, call),
    ]);
    const [known] = belongs.memberships;
    if (user === undefined || known === undefined) throw leftOut();
    return { viewer: viewerOf(user, known), asOfMs };
  };
  const known: Viewers["known"] = async (context, { mostMs, notBeforeMs } = {}) => {
    const { userId } = callerOf(context);
    if (userId === 0n) return undefined;
    const asking = notBeforeMs === undefined ? {} : { notBeforeMs };
    const answer = kept.get(String(userId), () => ask(userId, context), asking);
    return within(answer, Math.min(mostMs ?? Number.POSITIVE_INFINITY, onward(context).timeoutMs));
  };
  return {
    known,
    of: async (context, options) => (await known(context, options))?.viewer,
    many: async (userIds, { notBeforeMs } = {}) => {
      const found = new Map<bigint, KnownViewer>();
      const admitted = userIds.filter((userId) => !isBlocked(userId));
      for (let from = 0; from < admitted.length; from += MANY_MAX) {
        const some = admitted.slice(from, from + MANY_MAX);
        for (const [userId, viewer] of await askMany(kept, own, some, notBeforeMs)) found.set(userId, viewer);
      }
      return found;
    },
    forget: (userId) => kept.forget(String(userId)),
    forgetAll: () => kept.forgetAll(),
  };
}

async function askMany(
  kept: KeptAnswers<KnownViewer>,
  own: ViewersOptions["own"],
  userIds: readonly bigint[],
  notBeforeMs: number | undefined,
): Promise<Map<bigint, KnownViewer>> {
  let asked: Promise<Map<string, KnownViewer>> | undefined;
  const together = () => (asked ??= asService(own, userIds));
  const one = async (userId: bigint): Promise<KnownViewer | undefined> => {
    const answers = await together();
    const answer = answers.get(String(userId));
    if (answer === undefined) throw new ConnectError("there is no such user", Code.NotFound);
    return answer;
  };
  const found = new Map<bigint, KnownViewer>();
  await Promise.all(
    userIds.map(async (userId) => {
      const asking = notBeforeMs === undefined ? {} : { notBeforeMs };
      const answer = kept.get(String(userId), () => one(userId) as Promise<KnownViewer>, asking);
      const viewer = await answer.catch((error: unknown) => {
        if (error instanceof ConnectError && error.code === Code.NotFound) return undefined;
        throw error;
      });
      if (viewer !== undefined) found.set(userId, viewer);
    }),
  );
  return found;
}

/** Asks in this service's own name: it knows of everybody. */
async function asService(
  own: ViewersOptions["own"],
  userIds: readonly bigint[],
): Promise<Map<string, KnownViewer>> {
  if (own === undefined) throw new ConnectError("this service has no account of its own", Code.Unavailable);
  const asOfMs = Date.now();
  const call = { headers: await own.headers(), timeoutMs: ASK_MS };
  const [{ users }, { memberships }] = await Promise.all([
    createClient(UserService, own.auth).batchGetUsers({ userIds: [...userIds] }, call),
    createClient(MembershipService, own.auth).getMemberships({ userIds: [...userIds] }, call),
  ]);
  const belongs = new Map(memberships.map((it) => [it.userId, it]));
  return new Map(
    users.flatMap((user) => {
      const known = belongs.get(user.userId);
      return known ? [[String(user.userId), { viewer: viewerOf(user, known), asOfMs }] as const] : [];
    }),
  );
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
