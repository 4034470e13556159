import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  AccessKindSchema,
  AccessSchema,
  ProjectRole,
} from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccessOfKind } from "./access-by-kind.ts";
import { knownAccess } from "./known-access.ts";

/** How long an answer may be used that no feed confirms. */
const STALE_MAX_MS = 5_000;
const AUTHOR = 1n;

/**
 * A project service: what somebody may do depends on the level, on a project's demand, on who its author is and, where the
 * answer is personal, on who asks. It keeps what it knows of people, as the true one does.
 */
function ground() {
  const at = { ms: 1_000_000 };
  const levels = new Map<bigint, number>();
  const demands = new Map<number, { level: number; isPersonal: boolean }>();
  const seen = new Map<bigint, { level: number; atMs: number }>();
  const asked: [number, bigint][] = [];
  const known = knownAccess(() => at.ms);
  const levelOf = (userId: bigint) => levels.get(userId) ?? 0;
  const demandOf = (projectId: number) => demands.get(projectId) ?? { level: 0, isPersonal: false };
  /** The lock of an answer lasts longer for each odd person in a personal project: something of that person alone. */
  const decide = (projectId: number, userId: bigint, level: number) => {
    const demand = demandOf(projectId);
    if (userId === AUTHOR) return ProjectRole.MANAGER;
    if (demand.isPersonal && userId % 2n === 0n) return ProjectRole.VALIDATOR;
    return level < demand.level ? ProjectRole.VIEWER : ProjectRole.MAPPER;
  };
  const truth = (projectId: number, userId: bigint) => decide(projectId, userId, levelOf(userId));
  const answer = (projectId: number, userId: bigint, maxAgeMs = STALE_MAX_MS): AccessOfKind => {
    asked.push([projectId, userId]);
    let person = seen.get(userId);
    if (person === undefined || at.ms - person.atMs >= maxAgeMs) {
      person = { level: levelOf(userId), atMs: at.ms };
      seen.set(userId, person);
    }
    const isPersonal = demandOf(projectId).isPersonal || userId === AUTHOR;
    const access = create(AccessSchema, {
      projectId,
      userId,
      role: decide(projectId, userId, person.level),
      age: durationFromMs(at.ms - person.atMs),
    });
    const kind = create(AccessKindSchema, { digest: `level ${person.level}`, exceptUserId: AUTHOR });
    return { ...access, ...(!isPersonal && { kind }) };
  };
  const role = async (projectId: number, userId: bigint, notBeforeMs?: number) => {
    const access = await known.get({ projectId, userId }, notBeforeMs, async (maxAgeMs) =>
      answer(projectId, userId, maxAgeMs),
    );
    if (access === "absent") throw new Error("each project is there for everybody");
    expect([access.projectId, access.userId]).toEqual([projectId, userId]);
    return access.role;
  };
  const confirm = () => {
    known.confirm("people", at.ms);
    known.confirm("projects", at.ms);
  };
  return { at, levels, demands, asked, known, role, truth, confirm };
}

test("64 people in 100 projects cost a question for each person and for each project", async () => {
  const { asked, role } = ground();
  for (let projectId = 1; projectId <= 100; projectId++)
    for (let person = 2n; person < 66n; person++)
      expect(await role(projectId, person)).toBe(ProjectRole.MAPPER);
  expect(asked).toHaveLength(64 + 99);
});

test("the author of a project is asked about alone, and the answer is nobody else's", async () => {
  const { asked, role } = ground();
  for (const userId of [2n, AUTHOR, 3n, AUTHOR, 2n]) await role(7, userId);
  expect(await role(7, AUTHOR)).toBe(ProjectRole.MANAGER);
  expect(await role(8, 2n)).toBe(ProjectRole.MAPPER);
  expect(await role(8, 3n)).toBe(ProjectRole.MAPPER);
  expect(await role(8, AUTHOR)).toBe(ProjectRole.MANAGER);
  expect(asked).toEqual([
    [7, 2n],
    [7, AUTHOR],
    [7, 3n],
    [8, 2n],
    [8, AUTHOR],
  ]);
});

test("an answer that is under way when something is forgotten says nothing of others", async () => {
  const { known, levels, role, truth } = ground();
  await role(7, 2n);
  await role(7, 3n);
  await known.get({ projectId: 8, userId: 2n }, undefined, async () => {
    const before = create(AccessSchema, {
      projectId: 8,
      userId: 2n,
      role: ProjectRole.MAPPER,
    });
    if (levels.size === 0) {
      levels.set(2n, 1);
      known.forgetPerson(2n);
    }
    return { ...before, kind: create(AccessKindSchema, { digest: "level 0", exceptUserId: AUTHOR }) };
  });
  expect(await role(8, 3n)).toBe(truth(8, 3n));
  expect(await role(7, 2n)).toBe(truth(7, 2n));
});

const somebody = fc.integer({ min: 1, max: 4 }).map(BigInt);
const somewhere = fc.integer({ min: 1, max: 3 });
type Step =
  | { do: "ask" | "ask now"; userId: bigint; projectId: number }
  | { do: "set level"; userId: bigint; level: number }
  | { do: "set demand"; projectId: number; level: number; isPersonal: boolean }
  | { do: "wait"; ms: number };
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("ask"), userId: somebody, projectId: somewhere }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("ask now"), userId: somebody, projectId: somewhere }) },
  fc.record({ do: fc.constant("set level"), userId: somebody, level: fc.integer({ min: 0, max: 2 }) }),
  fc.record({
    do: fc.constant("set demand"),
    projectId: somewhere,
    level: fc.integer({ min: 0, max: 2 }),
    isPersonal: fc.boolean(),
  }),
  fc.record({ do: fc.constant("wait"), ms: fc.integer({ min: 1, max: 3_000 }) }),
) as fc.Arbitrary<Step>;

test("with the feeds, what is kept is what the project service would answer now", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (all) => {
      const { at, levels, demands, known, role, truth, confirm } = ground();
      for (const step of all) {
        if (step.do === "wait") at.ms += step.ms;
        if (step.do === "set level") {
          levels.set(step.userId, step.level);
          known.forgetPerson(step.userId);
        }
        if (step.do === "set demand") {
          demands.set(step.projectId, step);
          known.forgetProject(step.projectId);
        }
        confirm();
        if (step.do === "ask" || step.do === "ask now") {
          const notBeforeMs = step.do === "ask now" ? at.ms : undefined;
          expect(await role(step.projectId, step.userId, notBeforeMs)).toBe(
            truth(step.projectId, step.userId),
          );
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("without the feeds, what is kept was so within the last 5 seconds, and now for a caller that says so", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (all) => {
      const { at, levels, demands, role, truth } = ground();
      /** For each pair, what was true and until when. */
      const past = new Map<string, { role: ProjectRole; untilMs: number }[]>();
      const note = () => {
        for (let projectId = 1; projectId <= 3; projectId++)
          for (let userId = 1n; userId <= 4n; userId++) {
            const key = `${projectId}/${userId}`;
            past.set(key, [...(past.get(key) ?? []), { role: truth(projectId, userId), untilMs: at.ms }]);
          }
      };
      for (const step of all) {
        note();
        at.ms += step.do === "wait" ? step.ms : 1;
        if (step.do === "set level") levels.set(step.userId, step.level);
        if (step.do === "set demand") demands.set(step.projectId, step);
        note();
        if (step.do === "ask now")
          expect(await role(step.projectId, step.userId, at.ms)).toBe(truth(step.projectId, step.userId));
        if (step.do !== "ask") continue;
        const recent = (past.get(`${step.projectId}/${step.userId}`) ?? []).filter(
          ({ untilMs }) => at.ms - untilMs <= 2 * STALE_MAX_MS,
        );
        expect(recent.map((it) => it.role)).toContain(await role(step.projectId, step.userId));
      }
    }),
    { numRuns: 200 },
  );
});
