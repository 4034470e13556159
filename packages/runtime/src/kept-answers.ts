import { Code, ConnectError } from "@connectrpc/connect";
import { LRUCache } from "lru-cache";
import { isLate, isOutage } from "./outage.ts";

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
  /**
   * At most this many are kept; the least recently used is dropped first. The last change of as many tags is known: when one
   * is dropped, all answers from before its change count as forgotten.
   */
  max: number;
  /** How old an answer was when it was given. */
  ageMs?: (value: V) => number;
  /**
   * Answers that are kept were still true at this time: a change would have been forgotten. It holds for those that were
   * fresh when they came, and for which `holds` is true.
   */
  confirmedMs?: () => number;
  holds?: (value: V) => boolean;
  /** By what an answer can be forgotten: by its key, without it. */
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

interface Answer<V> {
  value: V;
  /** When it was true. */
  asOfMs: number;
  /** Whether it stays true until it is forgotten. */
  holds: boolean;
  askedMs: number;
  /** The last change that was known when it was asked for. */
  change: number;
}

/** What is known of a key. A new answer replaces the one in it, because that is no use of the key. */
interface Kept<V> {
  answer: Answer<V>;
  tags: readonly string[];
  usedMs: number;
  /** Until when this key is not asked about again. */
  pausedUntilMs: number;
}

interface UnderWay<V> {
  answer: Promise<V>;
  sinceMs: number;
  change: number;
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
  readonly #tagsOf: (key: string) => readonly string[];
  readonly #kept: LRUCache<string, Kept<V>>;
  readonly #underWay = new Map<string, UnderWay<V>>();
  /** Changes are counted; this is the count at the last change of each tag. */
  readonly #changes: LRUCache<string, number>;
  #change = 0;
  /** All that was asked for before this change is forgotten. */
  #forgotten = 0;

  constructor(options: KeptAnswersOptions<V>) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#tagsOf = options.tagsOf ?? ((key) => [key]);
    this.#kept = new LRUCache({ max: options.max });
    this.#changes = new LRUCache({
      max: options.max,
      dispose: (change, _, why) => {
        if (why === "evict") this.#forgotten = change;
      },
    });
  }

  /** The answer to what `key` stands for. A failure crosses as it is, where no answer is kept that will do. */
  async get(key: string, ask: () => Promise<V>, asking: Asking = {}): Promise<V> {
    return this.getAtOnce(key, ask, asking);
  }

  /** As `get`, without a promise where the answer is kept. */
  getAtOnce(key: string, ask: () => Promise<V>, asking: Asking): V | Promise<V> {
    const { notBeforeMs = Number.NEGATIVE_INFINITY } = asking;
    const kept = this.#fresh(key, ask, notBeforeMs);
    return kept === undefined ? this.#find(key, ask, notBeforeMs) : kept.value;
  }

  /** What is kept and may be used; one that is not so new is asked for anew meanwhile. */
  #fresh(key: string, ask: () => Promise<V>, notBeforeMs: number): Answer<V> | undefined {
    const { freshMs, renewMs } = this.#options;
    const known = this.#use(key);
    if (known === undefined) return undefined;
    const asOfMs = this.#asOfMs(known);
    const ageMs = this.#now() - asOfMs;
    if (ageMs >= freshMs || asOfMs < notBeforeMs) return undefined;
    if (ageMs >= renewMs && this.#now() - known.askedMs >= AGAIN_MS) this.#renew(key, ask);
    return known;
  }

  async #find(key: string, ask: () => Promise<V>, notBeforeMs: number): Promise<V> {
    for (let asked = 1; ; asked++) {
      const fresh = this.#fresh(key, ask, notBeforeMs);
      if (fresh !== undefined) return fresh.value;
      const instead = notBeforeMs === Number.NEGATIVE_INFINITY ? this.#stale(key) : undefined;
      if (instead !== undefined && this.#isPaused(key)) return instead.value;
      const before = this.#underWay.get(key);
      const underWay = this.#ask(key, ask, notBeforeMs);
      try {
        const value = await (instead ? this.#orStale(key, underWay.answer, instead) : underWay.answer);
        if (asked === ASKED_MAX || !this.#isForgotten(underWay, this.#tagsOf(key))) return value;
      } catch (error) {
        // The time of a question that another began is over, and not that of this one.
        if (underWay !== before || !isLate(error) || asked === ASKED_MAX) throw error;
      }
    }
  }

  /** What is used while nobody answers. */
  #stale(key: string): Answer<V> | undefined {
    const known = this.#use(key);
    return known && this.#now() - this.#asOfMs(known) < this.#options.staleMs ? known : undefined;
  }

  /** What `get` returns without asking, and without a promise: undefined where it has to ask. */
  known(key: string): V | undefined {
    const known = this.#stale(key);
    if (known === undefined) return undefined;
    const isFresh = this.#now() - this.#asOfMs(known) < this.#options.freshMs;
    return isFresh || this.#isPaused(key) ? known.value : undefined;
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
    this.#kept.rforEach(({ answer, tags, usedMs }, key) => {
      const isDue = now - usedMs < usedWithinMs && now - this.#asOfMs(answer) >= olderThanMs;
      if (isDue && !this.#underWay.has(key) && !this.#isForgotten(answer, tags))
        found.push([key, answer.value]);
    });
    return found.slice(-max);
  }

  /** Something has changed: answers with this tag are neither used nor, if they are under way, kept. */
  forget(tag: string): void {
    this.#changes.set(tag, ++this.#change);
  }

  forgetAll(): void {
    this.#forgotten = ++this.#change;
    this.#changes.clear();
    this.#kept.clear();
  }

  /** How many answers are kept. */
  get size(): number {
    return this.#kept.size;
  }

  #asOfMs({ asOfMs, holds }: Answer<V>): number {
    return holds ? Math.max(asOfMs, this.#options.confirmedMs?.() ?? asOfMs) : asOfMs;
  }

  #isForgotten({ change }: { change: number }, tags: readonly string[]): boolean {
    return change < this.#forgotten || tags.some((tag) => change < (this.#changes.peek(tag) ?? 0));
  }

  #use(key: string): Answer<V> | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    kept.usedMs = this.#now();
    if (!this.#isForgotten(kept.answer, kept.tags)) return kept.answer;
    this.#kept.delete(key);
    return undefined;
  }

  #isPaused(key: string): boolean {
    return this.#now() < (this.#kept.peek(key)?.pausedUntilMs ?? 0);
  }

  #renew(key: string, ask: () => Promise<V>): void {
    if (!this.#underWay.has(key) && !this.#isPaused(key)) this.#begin(key, ask());
  }

  #ask(key: string, ask: () => Promise<V>, notBeforeMs: number): UnderWay<V> {
    const underWay = this.#underWay.get(key);
    const willDo =
      underWay && underWay.sinceMs >= notBeforeMs && !this.#isForgotten(underWay, this.#tagsOf(key));
    return willDo ? underWay : this.#begin(key, ask());
  }

  #begin(key: string, asked: Promise<V>): UnderWay<V> {
    const begun = { sinceMs: this.#now(), change: this.#change };
    const isLast = () => this.#underWay.get(key) === underWay && this.#underWay.delete(key);
    const answer = asked.then(
      (value) => {
        if (isLast()) this.#keep(key, value, begun);
        return value;
      },
      (error: unknown) => {
        const last = isLast();
        const kept = this.#kept.peek(key);
        if (isOutage(error) && kept !== undefined) kept.pausedUntilMs = this.#now() + PAUSE_MS;
        // Refused, or not understood: what was answered before is no longer so.
        else if (last) this.#kept.delete(key);
        throw error;
      },
    );
    // The callers that wait receive the failure; there may be none.
    answer.catch(() => {});
    const underWay: UnderWay<V> = { ...begun, answer };
    this.#underWay.set(key, underWay);
    return underWay;
  }

  #keep(key: string, value: V, { sinceMs: askedMs, change }: Pick<UnderWay<V>, "sinceMs" | "change">): void {
    const tags = this.#tagsOf(key);
    if (this.#isForgotten({ change }, tags)) return;
    const { ageMs, freshMs, holds: mayHold } = this.#options;
    const age = ageMs?.(value) ?? 0;
    const holds = age < freshMs && (mayHold?.(value) ?? true);
    const answer = { value, asOfMs: askedMs - age, holds, askedMs, change };
    const kept = this.#kept.peek(key);
    if (kept !== undefined) Object.assign(kept, { answer, pausedUntilMs: 0 });
    else this.#kept.set(key, { answer, tags, usedMs: askedMs, pausedUntilMs: 0 });
  }

  /** The answer that comes, or what is known from before if none does, or not in time. */
  async #orStale(key: string, answer: Promise<V>, known: Answer<V>): Promise<V> {
    const isStill = () => this.#use(key) === known;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), this.#options.waitMs);
    });
    try {
      const first = await Promise.race([answer.then((it) => ({ it })), late]);
      if (first !== "late") return first.it;
      return isStill() ? known.value : await answer;
    } catch (error) {
      if (isOutage(error) && isStill()) return known.value;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function given<V>(answers: ReadonlyMap<string, V>, key: string): V {
  if (!answers.has(key)) throw new ConnectError("the answer was left out", Code.NotFound);
  return answers.get(key) as V;
}
