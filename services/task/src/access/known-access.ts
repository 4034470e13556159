import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { KeptAnswers } from "@tessera/runtime/kept-answers.ts";
import { AccessByKind, type AccessOfKind } from "./access-by-kind.ts";
import { isProjectNotFound } from "./project-not-found.ts";

/** How long an answer is used, counted from the moment at which it was true; it is refreshed sooner. */
const FRESH_MS = 5_000;
const RENEW_MS = 2_500;
/** How long known users can work while project or auth is unavailable. */
const STALE_MS = 600_000;
/** The longest wait for an answer about a known user. */
const WAIT_MS = 1_000;
/** The most answers kept; the least recently used is dropped first. */
const KEPT_MAX = 50_000;
/** Age assumed for an answer that carries no timestamp: it is used for a second. */
const ABSENT_AGE_MS = 4_000;
/** Users active within this time do not wait: their access is refreshed before it expires, where no feed confirms it. */
const ACTIVE_MS = 600_000;
const ACTIVE_RENEW_MS = 2_000;
/** For this long after a question, answers are kept ready for more. */
const IN_USE_MS = 10_000;
/** The most at once; the most recently active ones, if there are more. */
const ACTIVE_MAX = 1_000;

/** Somebody in a project; 0n for nobody signed in. */
export interface Pair {
  projectId: number;
  userId: bigint;
}

/** What somebody may do in a project; "absent" where there is no such project for them. */
export type Answer = Access | "absent";

/** What the project service said of who may do what, kept in this process. */
export interface KnownAccess {
  /** Returns the cached answer, or that of `ask`, which gets the permitted age of its answer. */
  get(
    pair: Pair,
    notBeforeMs: number | undefined,
    ask: (maxAgeMs: number | undefined) => Promise<AccessOfKind | undefined>,
  ): Answer | Promise<Answer>;
  /** Whether somebody asked within the last seconds. */
  isInUse(): boolean;
  /** The answer that is cached and may be used as it is; undefined where one has to be asked for. */
  now(pair: Pair): Answer | undefined;
  /** Users active in the last minutes whose cached answers are about to expire, by project. */
  active(): Map<number, bigint[]>;
  /** Takes new answers for them, of `ask` as in `get`. Users who are missing in the answers are dropped. */
  renew(
    projectId: number,
    userIds: readonly bigint[],
    ask: (maxAgeMs: number | undefined) => Promise<readonly AccessOfKind[]>,
  ): Promise<void>;
  /** Something of a project has changed. */
  forgetProject(projectId: number): void;
  /** Something about a person has changed: later answers about the person must reflect it. */
  forgetPerson(userId: bigint): void;
  /** Anything may have changed. */
  forgetAll(): void;
  /** A feed reported all that happened before this time: what is kept was still true then, as far as it is about that. */
  confirm(feed: AccessFeed, atMs: number): void;
}

/** The feeds that report changes of access: of projects, and of people and what they belong to. */
export type AccessFeed = "projects" | "people";

/** Begins with nothing known. */
export function knownAccess(now: () => number = Date.now, waitMs = WAIT_MS): KnownAccess {
  const confirmed: Record<AccessFeed, number> = {
    projects: Number.NEGATIVE_INFINITY,
    people: Number.NEGATIVE_INFINITY,
  };
  const confirmedMs = () => Math.min(confirmed.projects, confirmed.people);
  const byKind = new AccessByKind({ now, confirmedMs, maxAgeMs: RENEW_MS });
  const kept = new KeptAnswers<Answer>({
    confirmedMs,
    // A project may appear without a change of access.
    holds: (answer) => answer !== "absent",
    freshMs: FRESH_MS,
    renewMs: RENEW_MS,
    staleMs: STALE_MS,
    waitMs,
    max: KEPT_MAX,
    ageMs: ageOf,
    tagsOf,
    now,
  });
  const changes = new Changes(now);
  let usedMs = Number.NEGATIVE_INFINITY;
  return {
    isInUse: () => now() - usedMs < IN_USE_MS,
    get: (pair, notBeforeMs, ask) => {
      usedMs = now();
      const asking = notBeforeMs === undefined ? {} : { notBeforeMs };
      const { projectId, userId } = pair;
      const askOne = async () =>
        byKind.find(projectId, userId, notBeforeMs) ??
        answerOf(byKind.learnFrom(() => ask(changes.maxAgeMs(userId, notBeforeMs))));
      return kept.getAtOnce(keyOf(pair), askOne, asking);
    },
    now: (pair) => kept.known(keyOf(pair)),
    active: () => activeIn(kept),
    renew: (projectId, userIds, ask) => {
      const ages = userIds.flatMap((userId) => changes.maxAgeMs(userId) ?? []);
      const maxAgeMs = ages.length > 0 ? Math.min(...ages) : undefined;
      return kept.renew(
        userIds.map((userId) => keyOf({ projectId, userId })),
        async () => {
          const accesses = await byKind.learnFrom(() => ask(maxAgeMs));
          return new Map(accesses.map((access) => [keyOf(access), access]));
        },
      );
    },
    forgetProject: (projectId) => {
      byKind.forgetProject(projectId);
      kept.forget(`project ${projectId}`);
    },
    forgetPerson: (userId) => {
      changes.add(userId);
      byKind.forgetPerson(userId);
      kept.forget(`user ${userId}`);
    },
    forgetAll: () => {
      changes.addAll();
      byKind.forgetAll();
      kept.forgetAll();
    },
    confirm: (feed, atMs) => {
      confirmed[feed] = Math.max(confirmed[feed], atMs);
    },
  };
}

/** The users of answers that are in use and about to expire, by project. */
function activeIn(kept: KeptAnswers<Answer>): Map<number, bigint[]> {
  const found = new Map<number, bigint[]>();
  const due = { usedWithinMs: ACTIVE_MS, olderThanMs: ACTIVE_RENEW_MS, max: ACTIVE_MAX };
  for (const [key, answer] of kept.inUse(due)) {
    const { projectId, userId } = pairOf(key);
    if (answer === "absent" || userId === 0n) continue;
    const others = found.get(projectId);
    if (others === undefined) found.set(projectId, [userId]);
    else others.push(userId);
  }
  return found;
}

/** When people changed: for as long as another service may have kept what was so before. */
class Changes {
  readonly #now: () => number;
  readonly #ofPerson = new Map<bigint, number>();
  #ofAnybodyMs = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(userId: bigint): void {
    const now = this.#now();
    for (const [other, changedMs] of this.#ofPerson) {
      if (now - changedMs < FRESH_MS) break;
      this.#ofPerson.delete(other);
    }
    this.#ofPerson.delete(userId);
    this.#ofPerson.set(userId, now);
  }

  addAll(): void {
    this.#ofPerson.clear();
    this.#ofAnybodyMs = this.#now();
  }

  /** How old an answer about a person may be; undefined for as old as answers are. */
  maxAgeMs(userId: bigint, notBeforeMs = Number.NEGATIVE_INFINITY): number | undefined {
    const since = Math.max(
      notBeforeMs,
      this.#ofPerson.get(userId) ?? Number.NEGATIVE_INFINITY,
      this.#ofAnybodyMs,
    );
    const ageMs = Math.max(0, this.#now() - since);
    return ageMs < FRESH_MS ? ageMs : undefined;
  }
}

/**
 * How old an answer was when it was given. An answer that a licence denies counts as expired: a user who accepts the
 * licence then works at once, and no feed reports it.
 */
function ageOf(answer: Answer): number {
  if (answer === "absent") return ABSENT_AGE_MS;
  const { mapping, validation, age } = answer;
  const ageMs = age === undefined ? 0 : durationMs(age);
  const reasons = [mapping?.reason, validation?.reason];
  return reasons.includes(Reason.LICENCE_NOT_ACCEPTED) ? Math.max(FRESH_MS, ageMs) : ageMs;
}

async function answerOf(asked: Promise<Access | undefined>): Promise<Answer> {
  try {
    const access = await asked;
    if (access === undefined) throw new ConnectError("the project service answered nothing", Code.Internal);
    return access;
  } catch (error) {
    if (isProjectNotFound(error)) return "absent";
    throw error;
  }
}

function keyOf({ projectId, userId = 0n }: Pick<Access, "projectId" | "userId">): string {
  return `${projectId}/${userId}`;
}

function pairOf(key: string): Pair {
  const [projectId = "", userId = ""] = key.split("/");
  return { projectId: Number(projectId), userId: BigInt(userId) };
}

function tagsOf(key: string): string[] {
  const { projectId, userId } = pairOf(key);
  return [`project ${projectId}`, `user ${userId}`];
}
