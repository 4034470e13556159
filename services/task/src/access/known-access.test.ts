import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createContextValues, createRouterTransport } from "@connectrpc/connect";
import { AccessSchema } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { ANONYMOUS, callerKey } from "@tessera/rpc/caller.ts";
import { deadlineKey } from "@tessera/rpc/deadline.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { knownAccess } from "./known-access.ts";
import { projectNotFound } from "./project-not-found.ts";
import { projects } from "./projects.ts";

const WAIT_MS = 50;
const MINUTES_MS = 60_000;

/** A project service that the test plays, a clock that the test turns, and what this service knows of it. */
function ground() {
  const at = { ms: 1_000_000 };
  const asked: { projectId: number; maxAgeMs: number | undefined }[] = [];
  const play = {
    /** What it answers now; the revision identifies answers. */
    answer: async (_userId: bigint): Promise<MessageInitShape<typeof AccessSchema>> => ({
      revision: 1n,
    }),
  };
  const transport = createRouterTransport(({ rpc }) => {
    rpc(ProjectService.method.getAccess, async ({ projectId, maxAge }, { requestHeader }) => {
      asked.push({ projectId, maxAgeMs: maxAge && durationMs(maxAge) });
      const userId = BigInt(requestHeader.get("authorization") ?? "0");
      return { access: create(AccessSchema, { projectId, userId, ...(await play.answer(userId)) }) };
    });
  });
  const known = knownAccess(() => at.ms, WAIT_MS);
  const { access } = projects({ transport, known, now: () => at.ms });
  const as = (userId: bigint, headers: Record<string, string> = {}) => ({
    values: createContextValues().set(callerKey, { ...ANONYMOUS, userId }),
    signal: new AbortController().signal,
    requestHeader: new Headers({ authorization: String(userId), ...headers }),
  });
  const revision = async (userId: bigint, projectId = 7, headers = {}) =>
    (await access(projectId, as(userId, headers))).revision;
  return { at, asked, play, known, access, as, revision };
}

const gone = () => Promise.reject(new ConnectError("gone", Code.Unavailable));

test("a fresh answer costs no call", async () => {
  const { asked, revision, at } = ground();
  for (let round = 0; round < 20; round++) await revision(1n);
  at.ms += 2_499;
  await revision(1n);
  expect(asked).toHaveLength(1);
});

test("with project and auth gone, those who were known work on for ten minutes, and nobody else", async () => {
  const { at, play, revision } = ground();
  await revision(1n);
  play.answer = gone;
  for (let minute = 0; minute < 10; minute++) {
    expect(await revision(1n)).toBe(1n);
    at.ms += MINUTES_MS - 1;
  }
  await expect(revision(2n)).rejects.toMatchObject({ code: Code.Unavailable });
  at.ms += 10;
  await expect(revision(1n)).rejects.toMatchObject({ code: Code.Unavailable });
  play.answer = async () => ({ revision: 2n });
  expect(await revision(1n)).toBe(2n);
});

test("a project service that hangs keeps nobody waiting who was known", async () => {
  const { at, play, revision } = ground();
  await revision(1n);
  at.ms += 6_000;
  play.answer = () => new Promise(() => {});
  expect(await revision(1n)).toBe(1n);
});

test("what is known of a project, or of a person, to have changed is not used while all are gone", async () => {
  const { play, revision, known } = ground();
  for (const userId of [1n, 2n]) for (const projectId of [7, 8]) await revision(userId, projectId);
  play.answer = gone;
  known.forgetProject(7);
  await expect(revision(1n, 7)).rejects.toMatchObject({ code: Code.Unavailable });
  expect(await revision(1n, 8)).toBe(1n);
  known.forgetPerson(1n);
  await expect(revision(1n, 8)).rejects.toMatchObject({ code: Code.Unavailable });
  expect(await revision(2n, 8)).toBe(1n);
  known.forgetAll();
  await expect(revision(2n, 8)).rejects.toMatchObject({ code: Code.Unavailable });
});

test("after news of a person the request to the project service says how fresh its answer must be", async () => {
  const { at, asked, revision, known } = ground();
  await revision(1n);
  known.forgetPerson(1n);
  at.ms += 300;
  await revision(1n, 7);
  await revision(2n, 7);
  at.ms += 5_000;
  await revision(1n, 8);
  expect(asked.map(({ maxAgeMs }) => maxAgeMs)).toEqual([undefined, 300, undefined, undefined]);
});

test("a caller that wants a fresh decision gets it, and none while nobody answers", async () => {
  const { at, asked, play, revision } = ground();
  await revision(1n);
  play.answer = async () => ({ revision: 2n });
  at.ms += 2_000;
  expect(await revision(1n, 7, { "cache-control": "max-age=3" })).toBe(1n);
  expect(await revision(1n, 7, { "cache-control": "no-cache" })).toBe(2n);
  expect(asked.at(-1)).toEqual({ projectId: 7, maxAgeMs: 0 });
  play.answer = gone;
  at.ms += 1;
  const fresh = revision(1n, 7, { "cache-control": "no-cache" });
  await expect(fresh).rejects.toMatchObject({ code: Code.Unavailable });
  expect(await revision(1n)).toBe(2n);
});

test("the age that an answer came with counts", async () => {
  const { at, asked, play, revision } = ground();
  play.answer = async () => ({ revision: 1n, age: durationFromMs(4_500) });
  await revision(1n);
  at.ms += 499;
  await revision(1n);
  expect(asked).toHaveLength(1);
  at.ms += 1;
  await revision(1n);
  expect(asked).toHaveLength(2);
});

test("that there is no such project is known for a second, and is no answer to others", async () => {
  const { at, asked, play, revision } = ground();
  play.answer = async (userId) => {
    if (userId === 1n) throw projectNotFound(7);
    return { revision: 1n };
  };
  for (let round = 0; round < 3; round++) {
    await expect(revision(1n)).rejects.toMatchObject({ code: Code.NotFound });
    expect(await revision(2n)).toBe(1n);
  }
  expect(asked).toHaveLength(2);
  at.ms += 1_000;
  await expect(revision(1n)).rejects.toMatchObject({ code: Code.NotFound });
  expect(asked).toHaveLength(3);
});

test("access that a licence denies is read each time, and cached while the services are unavailable", async () => {
  const { asked, play, revision } = ground();
  play.answer = async () => ({ revision: 1n, mapping: { reason: Reason.LICENCE_NOT_ACCEPTED } });
  await revision(1n);
  play.answer = async () => ({ revision: 2n });
  expect(await revision(1n)).toBe(2n);
  await revision(1n);
  expect(asked).toHaveLength(2);
  play.answer = async () => ({ revision: 3n, validation: { reason: Reason.LICENCE_NOT_ACCEPTED } });
  await revision(2n);
  play.answer = gone;
  expect(await revision(2n)).toBe(3n);
});

test("those who are active are asked about together before they grow old, and others are not", async () => {
  const { at, asked, play, revision, known } = ground();
  play.answer = async (userId) => {
    if (userId === 3n) throw projectNotFound(7);
    return { revision: 1n };
  };
  for (const userId of [0n, 1n, 2n]) await revision(userId);
  await revision(3n).catch(() => {});
  await revision(2n, 8);
  expect(known.active()).toEqual(new Map());
  at.ms += 2_000;
  expect(known.active()).toEqual(
    new Map([
      [7, [1n, 2n]],
      [8, [2n]],
    ]),
  );
  await known.renew(7, [1n, 2n], async () => [
    create(AccessSchema, { projectId: 7, userId: 1n, revision: 9n }),
  ]);
  const before = asked.length;
  at.ms += 2_400;
  expect(await revision(1n)).toBe(9n);
  expect(asked).toHaveLength(before);
  await revision(2n);
  expect(asked).toHaveLength(before + 1);
  at.ms += 11 * MINUTES_MS;
  expect(known.active()).toEqual(new Map());
});

test("an answer holds as long as both feeds confirm it", async () => {
  const { at, asked, known, revision } = ground();
  await revision(1n);
  const confirm = () => {
    known.confirm("projects", at.ms);
    known.confirm("people", at.ms);
  };
  for (let round = 0; round < 20; round++) {
    at.ms += 1_900;
    confirm();
    expect(await revision(1n)).toBe(1n);
  }
  expect([asked.length, known.active().size]).toEqual([1, 0]);
  at.ms += 2_000;
  known.confirm("projects", at.ms);
  expect([...known.active()]).toEqual([[7, [1n]]]);
  await revision(1n);
  expect(asked).toHaveLength(1);
  at.ms += 3_000;
  known.confirm("projects", at.ms);
  await revision(1n);
  expect(asked).toHaveLength(2);
  confirm();
  known.forgetPerson(1n);
  await revision(1n);
  known.forgetProject(7);
  await revision(1n);
  expect(asked).toHaveLength(4);
  at.ms += 1;
  await revision(1n, 7, { "cache-control": "no-cache" });
  expect(asked).toHaveLength(5);
});

test.each([
  ["that was old when it came", { age: durationFromMs(60_000) }],
  ["that a licence denies", { mapping: { permitted: false, reason: Reason.LICENCE_NOT_ACCEPTED } }],
])("an answer %s does not hold", async (_, answer) => {
  const { at, asked, known, play, revision } = ground();
  play.answer = async () => ({ revision: 1n, ...answer });
  await revision(1n);
  at.ms += 2_000;
  known.confirm("projects", at.ms);
  known.confirm("people", at.ms);
  await revision(1n);
  expect(asked).toHaveLength(2);
});

test("whatever the order in which answers, news and renewals come, nothing from before news is kept", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (s) => {
      const { play, revision, known } = ground();
      let now = 1n;
      const travels = (what: string) => s.schedule(Promise.resolve(), what);
      play.answer = async () => {
        await travels("a question");
        const read = now;
        await travels("an answer");
        return { revision: read };
      };
      const renewal = travels("a renewal begins").then(() =>
        known.renew(7, [1n], async () => {
          await travels("a renewal asks");
          const read = now;
          await travels("a renewal is answered");
          return [create(AccessSchema, { projectId: 7, userId: 1n, revision: read })];
        }),
      );
      const change = (notify: () => void) =>
        travels("a change").then(async () => {
          now += 1n;
          await travels("news");
          notify();
        });
      const all = [
        renewal,
        travels("somebody asks").then(() => revision(1n)),
        change(() => known.forgetProject(7)),
        travels("somebody asks").then(() => revision(1n)),
        change(() => known.forgetPerson(1n)),
        travels("somebody asks").then(() => revision(1n)),
      ];
      await s.waitFor(Promise.allSettled(all));
      play.answer = async () => ({ revision: now });
      expect(await revision(1n)).toBe(now);
    }),
    { numRuns: 300 },
  );
});

test("a caller in a hurry leaves; another, who shares the question and has time, is answered", async () => {
  const { asked, play, access, as } = ground();
  let answer = (_: { revision: bigint }) => {};
  play.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const within = (milliseconds: number) => {
    const caller = as(1n);
    caller.values.set(deadlineKey, Date.now() + milliseconds);
    return access(7, caller);
  };
  const [hurried, patient] = [within(50), within(15_000)];
  await expect(hurried).rejects.toMatchObject({ code: Code.DeadlineExceeded });
  answer({ revision: 3n });
  expect((await patient).revision).toBe(3n);
  expect(asked).toHaveLength(1);
});
