import { create } from "@bufbuild/protobuf";
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import {
  type Access,
  type AccessKind,
  AccessSchema,
} from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import type { BatchGetUserAccessResponse } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { LRUCache } from "lru-cache";

/** The most people whose kind is kept, and the most projects with answers; the least recently used is dropped first. */
const PEOPLE_MAX = 50_000;
const PROJECTS_MAX = 10_000;
/** The most answers of one project. When there are more, all of them are dropped. */
const KINDS_MAX = 1_000;

/** What somebody may do in a project, and for whom else it is the same. */
export type AccessOfKind = Access & { kind?: AccessKind | undefined };

/** What the project service said of some people, with their kinds. */
export function withKinds({
  accesses,
  kinds,
}: Pick<BatchGetUserAccessResponse, "accesses" | "kinds">): AccessOfKind[] {
  return accesses.map((access, index) => ({ ...access, kind: kinds[index] }));
}

/** Something known, and when it was true. */
interface Known<T> {
  value: T;
  asOfMs: number;
}

/**
 * The kinds of people, and what people of a kind may do in a project. The project service says of an answer for which kind
 * it holds (AccessKind): what one person was answered is then known for all people of that kind, and a crowd in many
 * projects costs a question for each person and one for each project.
 *
 * The two parts end apart: a person's kind when something about the person changes, an answer when the project changes.
 */
export class AccessByKind {
  readonly #now: () => number;
  readonly #confirmedMs: () => number;
  readonly #maxAgeMs: number;
  readonly #kinds = new LRUCache<bigint, Known<string>>({ max: PEOPLE_MAX });
  readonly #answers = new LRUCache<number, Map<string, Known<AccessOfKind>>>({ max: PROJECTS_MAX });
  /** Counts what was forgotten. */
  #change = 0;

  /** `confirmedMs` is when all that is not forgotten was still true. What is known is used until it is of `maxAgeMs`. */
  constructor(options: { now: () => number; confirmedMs: () => number; maxAgeMs: number }) {
    this.#now = options.now;
    this.#confirmedMs = options.confirmedMs;
    this.#maxAgeMs = options.maxAgeMs;
  }

  /** What somebody may do in a project, where that was true at `notBeforeMs` or later. */
  find(projectId: number, userId: bigint, notBeforeMs = Number.NEGATIVE_INFINITY): Access | undefined {
    const kind = this.#kinds.get(userId);
    const answer = kind && this.#answers.get(projectId)?.get(kind.value);
    if (kind === undefined || answer === undefined || answer.value.kind?.exceptUserId === userId)
      return undefined;
    const asOfMs = Math.max(Math.min(kind.asOfMs, answer.asOfMs), this.#confirmedMs());
    const ageMs = Math.max(0, this.#now() - asOfMs);
    if (ageMs >= this.#maxAgeMs || asOfMs < notBeforeMs) return undefined;
    const { role, mapping, validation, management, lockDuration, claimOnly, revision } = answer.value;
    const decided = { role, mapping, validation, management, lockDuration, claimOnly, revision };
    return create(AccessSchema, { ...decided, projectId, userId, age: durationFromMs(ageMs) });
  }

  /** Takes what `ask` returns. What is forgotten while the question is under way is not learned from its answer. */
  async learnFrom<T extends AccessOfKind | undefined | readonly AccessOfKind[]>(
    ask: () => Promise<T>,
  ): Promise<T> {
    const [atMs, change] = [this.#now(), this.#change];
    const answer = await ask();
    if (change === this.#change) for (const access of [answer ?? []].flat()) this.#learn(access, atMs);
    return answer;
  }

  forgetProject(projectId: number): void {
    this.#change += 1;
    this.#answers.delete(projectId);
  }

  forgetPerson(userId: bigint): void {
    this.#change += 1;
    this.#kinds.delete(userId);
  }

  forgetAll(): void {
    this.#change += 1;
    this.#kinds.clear();
    this.#answers.clear();
  }

  #learn(access: AccessOfKind, atMs: number): void {
    const { projectId, userId = 0n, kind, age } = access;
    const ageMs = age === undefined ? 0 : durationMs(age);
    if (!kind?.digest || ageMs >= this.#maxAgeMs) return;
    this.#kinds.set(userId, { value: kind.digest, asOfMs: atMs - ageMs });
    let answers = this.#answers.get(projectId);
    if (answers === undefined || answers.size >= KINDS_MAX) {
      answers = new Map();
      this.#answers.set(projectId, answers);
    }
    answers.set(kind.digest, { value: access, asOfMs: atMs });
  }
}
