import { type DescMessage, type DescMethod, type MessageShape, toJson } from "@bufbuild/protobuf";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { taskServices } from "../service.ts";
import { clear, lapse, plant, squares, type TestService, testService } from "./service.ts";

const ME = 7;
const OTHER = 8;
let service: TestService;
let me: ReturnType<TestService["as"]>;

beforeAll(async () => {
  service = await testService({ slotLimits: { [LockPurpose.MAPPING]: 10, [LockPurpose.VALIDATION]: 10 } });
  for (const person of [ME, OTHER]) service.allow(person, { role: ProjectRole.MANAGER });
  me = service.as(ME);
});
afterAll(() => service.end());
beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, squares(4));
});

const MAPPING = { taskId: 1, purpose: LockPurpose.MAPPING };
const [TASK] = squares(1);
const [longitude = 0, latitude = 0] = TASK?.area.coordinates ?? [];
const REPORT = {
  longitude: longitude + 1e-4,
  latitude: latitude + 1e-4,
  category: "gap",
  description: "a\nb",
};

/** Every command that returns a document, in situations that make one differ: what happens before it, and the command. */
const COMMANDS: [what: string, method: DescMethod, request: object, before?: () => Promise<unknown>][] = [
  ["locks a free task", LockService.method.lockTask, MAPPING],
  ["locks again what it holds", LockService.method.lockTask, MAPPING, () => me.lockTask(MAPPING)],
  ["locks after a lock expired", LockService.method.lockTask, MAPPING, () => expired()],
  ["extends a lock", LockService.method.extendLock, { taskId: 1 }, () => locked()],
  ["claims a task", LockService.method.claimTask, { purpose: LockPurpose.MAPPING }],
  ["hands mapping in", SubmissionService.method.submitTask, mapped("done\n"), () => me.lockTask(MAPPING)],
  ["hands validation in", SubmissionService.method.submitTask, validated(), () => lockedForValidation()],
  ["reserves a task", AssignmentService.method.assignTask, reserved(OTHER)],
  [
    "reserves for another",
    AssignmentService.method.assignTask,
    reserved(OTHER),
    () => me.assignTask(reserved(ME)),
  ],
  ["writes a comment", CommentService.method.createComment, { taskId: 1, text: "é\n\ttext" }],
  ["reports", ReportService.method.createReport, { ...REPORT, source: "osmose", externalId: "x1" }],
  ["reports without a tool", ReportService.method.createReport, { ...REPORT, projectId: 1 }],
];

function mapped(comment: string) {
  return { taskId: 1, lockToken: 2n, result: SubmissionResult.MAPPED, comment };
}
function validated() {
  const issues = [{ category: "missed", count: 3 }];
  return { taskId: 1, lockToken: 4n, result: SubmissionResult.INVALIDATED, comment: "", issues };
}
function reserved(userId: number) {
  return { taskId: 1, userId: BigInt(userId), reservation: durationOf(600) };
}
async function locked() {
  await me.lockTask(MAPPING);
  service.allow(ME, { role: ProjectRole.MANAGER, lockDuration: durationOf(7_200) });
}
async function expired() {
  await service.as(OTHER).lockTask(MAPPING);
  await lapse(service.sql, 1);
}
async function lockedForValidation() {
  await service.as(OTHER).lockTask(MAPPING);
  await service.as(OTHER).submitTask(mapped(""));
  await me.lockTask({ taskId: 1, purpose: LockPurpose.VALIDATION });
}

/** The document in a command's response, as JSON; undefined if there is none. */
function documentIn({ output }: DescMethod, response: object): unknown {
  const field = fieldWithRole(output, FieldRole.DOCUMENT);
  const value = (response as Record<string, unknown>)[field?.localName ?? ""];
  return value && toJson(field?.message as DescMessage, value as MessageShape<DescMessage>);
}

/** The resource that an acknowledgement names, by its GET, as JSON. */
async function read({ output }: DescMethod, name: string): Promise<unknown> {
  const [, projectId, , taskId, kind, number] = name.split("/");
  const field = fieldWithRole(output, FieldRole.DOCUMENT);
  const noun = field?.localName ?? "";
  const get = `get${noun[0]?.toUpperCase()}${noun.slice(1)}`;
  expect(kind?.replace(/s$/, "")).toBe(noun);
  const client = me as unknown as Record<string, (request: object) => Promise<Record<string, never>>>;
  const ids = { projectId: Number(projectId), taskId: Number(taskId), [`${noun}Id`]: Number(number) };
  const response = await client[get]?.(ids);
  return toJson(field?.message as DescMessage, response?.[noun] as never);
}

type Call = (request: object) => Promise<{ acknowledgement: { name: string; replayed: boolean } }>;

function call(method: DescMethod, as = me): Call {
  return (as as unknown as Record<string, Call>)[method.localName] as Call;
}

test.each(COMMANDS)(
  "a command that %s returns the document that its GET shows",
  async (_, method, request, before) => {
    await before?.();
    const asked = { ...request, requestId: "r", wantsDocument: true };
    const response = await call(method)(asked);
    expect(documentIn(method, response)).toEqual(await read(method, response.acknowledgement.name));
    expect(documentIn(method, response)).toBeDefined();

    const { wantsDocument: _wanted, ...same } = asked;
    for (const again of [asked, same]) {
      const replayed = await call(method)(again);
      expect(replayed.acknowledgement.replayed).toBe(true);
      expect(documentIn(method, replayed)).toBeUndefined();
    }
  },
);

test.each(COMMANDS)(
  "a command that %s returns no document unasked, or to who may not read",
  async (_, method, request, before) => {
    await before?.();
    const writer = service.as(ME, undefined, undefined, ["tasks:write"]);
    const response = await call(method, writer)({ ...request, wantsDocument: true });
    expect(documentIn(method, response)).toBeUndefined();
  },
);

test("every command that can return a document is tried here", () => {
  const able = taskServices(service.deps)
    .flatMap(({ desc }) => desc.methods)
    .filter(({ input }) => fieldWithRole(input, FieldRole.WANTS_DOCUMENT));
  expect([...new Set(COMMANDS.map(([, method]) => method.name))].sort()).toEqual(
    able.map((it) => it.name).sort(),
  );
  expect(able.every(({ output }) => fieldWithRole(output, FieldRole.DOCUMENT) !== undefined)).toBe(true);
});
