import { Code, ConnectError } from "@connectrpc/connect";

/** What holds for the answers that are kept. */
export interface KeptAnswersOptions<V> {
  /** How long an answer is used without asking again. */
  freshMs: number;
  /** One that is older than this is asked for anew when it is used, which nobody waits for. */
  renewMs: number;
  /** While nobody answers, what was answered before is used until it is so old. */
  staleMs: number;
  /** A caller that accepts a stale answer waits at most this long for a fresh one. */
  waitMs: number;
  /** At most this many are kept; the least recently used is dropped first. */
  max: number;
  /** How old an answer was when it was given. */
  ageMs?: (value: V) => number;
  /** By what else an answer can be forgotten than by its key. */
  tagsOf?: (key: string) => readonly string[];
  now?: () => number;
}

/** How a question is asked. */
export interface Asking {
  /** Only an answer that was true at this time or later will do. */
  notBeforeMs?: number;
}

/** Which answers are asked for again. */
export interface InUse {
  usedWithinMs: number;
  olderThanMs: number;
  max: number;
}

interface Kept<V> {
  value: V;
  /** When it was true. */
  asOfMs: number;
  askedMs: number;
  usedMs: number;
  /** Until when it is not asked for again. */
  pausedUntilMs: number;
}

interface UnderWay<V> {
  answer: Promise<V>;
  sinceMs: number;
  /** It was forgotten before it came. */
  outdated: boolean;
}

/** For this long after an answer came it is not refreshed in the background, however old it was. */
const AGAIN_MS = 1_000;
/** After nobody answered about a key, its stale answer is used without asking for this long. */
const PAUSE_MS = 1_000;
/** How often a question is asked in all whose answer was outdated when it came, or whose time another had used up. */
const ASKED_MAX = 3;

/**
 * Answers of another service, kept in this process: used while they are fresh, asked for once by all who want the same,
 * and, while the other service is gone, used until they are stale.
 *
 * What was forgotten stays forgotten: an answer that was asked for before that is not kept when it comes.
 */
export class KeptAnswers<V> {
  readonly #options: KeptAnswersOptions<V>;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept<V>>();
  readonly #underWay = new Map<string, UnderWay<V>>();
  /** The keys of both, by tag. */
  readonly #tagged = new Map<string, Set<string>>();

  constructor(options: KeptAnswersOptions<V>) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The answer to what `key` stands for. A failure crosses as it is, where no answer is kept that will do. */
  async get(
    key: string,
    ask: () => Promise<V>,
    { notBeforeMs = Number.NEGATIVE_INFINITY }: Asking = {},
  ): Promise<V> {
    for (let asked = 1; ; asked++) {
      const kept = this.#use(key);
      const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : this.#now() - kept.asOfMs;
      if (kept !== undefined && ageMs < this.#options.freshMs && kept.asOfMs >= notBeforeMs) {
        if (ageMs >= this.#options.renewMs && this.#now() - kept.askedMs >= AGAIN_MS) this.#renew(key, ask);
        return kept.value;
      }
      const mayBeStale =
        kept !== undefined && ageMs < this.#options.staleMs && notBeforeMs === Number.NEGATIVE_INFINITY;
      if (mayBeStale && this.#now() < kept.pausedUntilMs) return kept.value;
      const before = this.#underWay.get(key);
      const underWay = this.#ask(key, ask, notBeforeMs);
      const instead = mayBeStale
        ? { value: kept.value, isStill: () => this.#kept.get(key) === kept }
        : undefined;
      const answer = instead ? this.#orStale(underWay.answer, instead) : underWay.answer;
      try {
        const value = await answer;
        if (!underWay.outdated || asked === ASKED_MAX) return value;
      } catch (error) {
        // The time of a question that another began is over, and not that of this one.
        if (underWay !== before || !isLate(error) || asked === ASKED_MAX) throw error;
      }
    }
  }

  /** Answers of many keys, asked for together by `askMany`; a key that it leaves out has no answer. */
  async renew(keys: readonly string[], askMany: () => Promise<ReadonlyMap<string, V>>): Promise<void> {
    const answers = askMany();
    const lots = keys.map((key) =>
      this.#begin(
        key,
        answers.then((found) => given(found, key)),
      ),
    );
    await Promise.allSettled(lots.map(({ answer }) => answer));
    await answers;
  }

  /** Keys used within the last given milliseconds, with answers of that age: at most `max`, the latest used. */
  inUse({ usedWithinMs, olderThanMs, max }: InUse): [key: string, value: V][] {
    const now = this.#now();
    const found: [string, V][] = [];
    for (const [key, { value, usedMs, asOfMs }] of this.#kept)
      if (now - usedMs < usedWithinMs && now - asOfMs >= olderThanMs && !this.#underWay.has(key))
        found.push([key, value]);
    return found.slice(-max);
  }

  /** Something has changed: the answer is neither used nor, if it is under way, kept. */
  forget(key: string): void {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) underWay.outdated = true;
    this.#underWay.delete(key);
    this.#kept.delete(key);
    this.#untag(key);
  }

  forgetTagged(tag: string): void {
    for (const key of [...(this.#tagged.get(tag) ?? [])]) this.forget(key);
  }

  forgetAll(): void {
    for (const key of new Set([...this.#kept.keys(), ...this.#underWay.keys()])) this.forget(key);
  }

  /** How many answers are kept. */
  get size(): number {
    return this.#kept.size;
  }

  #use(key: string): Kept<V> | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    kept.usedMs = this.#now();
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  #renew(key: string, ask: () => Promise<V>): void {
    if (this.#underWay.has(key) || this.#now() < (this.#kept.get(key)?.pausedUntilMs ?? 0)) return;
    this.#begin(key, ask()).answer.catch(() => {});
  }

  #ask(key: string, ask: () => Promise<V>, notBeforeMs: number): UnderWay<V> {
    const underWay = this.#underWay.get(key);
    return underWay && underWay.sinceMs >= notBeforeMs ? underWay : this.#begin(key, ask());
  }

  #begin(key: string, answer: Promise<V>): UnderWay<V> {
    const before = this.#underWay.get(key);
    const underWay: UnderWay<V> = { answer, sinceMs: this.#now(), outdated: false };
    this.#underWay.set(key, underWay);
    this.#tag(key);
    const usedMs = this.#kept.get(key)?.usedMs ?? underWay.sinceMs;
    underWay.answer = answer.then(
      (value) => {
        const { sinceMs: askedMs } = underWay;
        const asOfMs = askedMs - (this.#options.ageMs?.(value) ?? 0);
        if (this.#end(key, underWay)) this.#keep(key, { value, asOfMs, askedMs, usedMs, pausedUntilMs: 0 });
        return value;
      },
      (error: unknown) => {
        const isLast = this.#end(key, underWay);
        if (isOutage(error)) this.#pause(key);
        // Refused, or not understood: what was answered before is no longer so.
        else if (isLast) this.#kept.delete(key);
        this.#untag(key);
        throw error;
      },
    );
    // Earlier callers still wait for the earlier answer; it is not kept.
    before?.answer.catch(() => {});
    underWay.answer.catch(() => {});
    return underWay;
  }

  #pause(key: string): void {
    const kept = this.#kept.get(key);
    if (kept !== undefined) kept.pausedUntilMs = this.#now() + PAUSE_MS;
  }

  /** Whether the answer may be kept: nothing else was asked, and nothing forgotten, since. */
  #end(key: string, underWay: UnderWay<V>): boolean {
    if (this.#underWay.get(key) !== underWay) return false;
    this.#underWay.delete(key);
    return true;
  }

  #keep(key: string, kept: Kept<V>): void {
    const before = this.#kept.get(key);
    if (before !== undefined) kept.usedMs = before.usedMs;
    this.#kept.set(key, kept);
    if (this.#kept.size > this.#options.max) this.forget(this.#kept.keys().next().value as string);
  }

  /** The answer that comes, or what is known from before if none does, or not in time. */
  async #orStale(answer: Promise<V>, { value, isStill }: { value: V; isStill: () => boolean }): Promise<V> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), this.#options.waitMs);
    });
    try {
      const first = await Promise.race([answer.then((it) => ({ it })), late]);
      if (first !== "late") return first.it;
      return isStill() ? value : await answer;
    } catch (error) {
      if (isOutage(error) && isStill()) return value;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #tag(key: string): void {
    for (const tag of this.#options.tagsOf?.(key) ?? []) {
      const keys = this.#tagged.get(tag);
      if (keys === undefined) this.#tagged.set(tag, new Set([key]));
      else keys.add(key);
    }
  }

  #untag(key: string): void {
    if (this.#kept.has(key) || this.#underWay.has(key)) return;
    for (const tag of this.#options.tagsOf?.(key) ?? []) {
      const keys = this.#tagged.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.#tagged.delete(tag);
    }
  }
}

/** With these codes a service says what the answer is; with any other, that it has none now. */
const DECISIONS: readonly Code[] = [
  Code.NotFound,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.InvalidArgument,
  Code.FailedPrecondition,
];

/** Whether an error says that nobody answered, and not what the answer is. */
function isOutage(error: unknown): boolean {
  return error instanceof ConnectError && !DECISIONS.includes(error.code);
}

/** Whether an error says that the time of a question is over. */
export function isLate(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.DeadlineExceeded;
}

function given<V>(answers: ReadonlyMap<string, V>, key: string): V {
  if (!answers.has(key)) throw new ConnectError("the answer was left out", Code.NotFound);
  return answers.get(key) as V;
}
