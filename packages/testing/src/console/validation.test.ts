import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { requestId } from "../ground/door.ts";
import { type PageClient, pageClient, type SeenPage, signInPage } from "../ground/page-client.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";

const ZOOM = 13;
const MAPPED = 6;
let system: ConsoleSystem;
let admin: Headers;
let mapper: Headers;
let projectId: number;
let page: string;

beforeAll(async () => {
  system = await consoleSystem();
  admin = await system.signIn("administrator");
  mapper = await system.signIn("mapper-61");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  page = `/console/projects/${projectId}/validation`;
  await cut(system, admin, projectId, ZOOM);
  for (let taskId = 1; taskId <= MAPPED; taskId++) await mapTask(taskId);
});
afterAll(() => system.stop());

async function mapTask(taskId: number): Promise<void> {
  const at = { projectId, taskId };
  const lock = { requestId: requestId(), ...at, purpose: LockPurpose.MAPPING };
  const { token } = await system.task.lockTask(lock, mapper);
  const work = { result: SubmissionResult.MAPPED, comment: `Mapped **${taskId}**.` };
  await system.task.submitTask({ requestId: requestId(), ...at, lockToken: token, ...work }, mapper);
}

async function validator(): Promise<PageClient> {
  const client = pageClient(system.url);
  await signInPage(client, "validator");
  return client;
}

const queue = () => `form[action="/v1/projects/${projectId}/locks"]`;
const held = () => `form[action="/v1/projects/${projectId}/submissions"]`;
const waiting = ({ root }: SeenPage) =>
  root.querySelectorAll('input[name="task_ids"][type="checkbox"]').map((it) => it.getAttribute("value"));
const stateOf = async (taskId: number) =>
  (await system.task.getTask({ projectId, taskId }, admin)).task?.state;

test("several tasks are taken at once, and handed in with a result each", async () => {
  const client = await validator();
  const before = await client.get(page);
  expect(before.status).toBe(200);
  expect(waiting(before)).toEqual(["1", "2", "3", "4", "5", "6"]);
  // A comment of one's own has a form on the task's page; here it stands in the form of the results.
  const { headers } = await system.signIn("validator");
  await system.task.createComment(
    { requestId: requestId(), projectId, taskId: 1, text: "Mine." },
    { headers },
  );
  const taken = await client.submit(before, queue(), { task_ids: ["1", "2", "3"] });
  expect(taken.root.querySelector(".held-cards .talk")?.textContent).toContain("Mine.");
  expect([taken.path, waiting(taken)]).toEqual([page, ["4", "5", "6"]]);
  expect(taken.root.querySelectorAll(".held-cards .talk").map((it) => it.textContent)[1]).toContain(
    "Mapped 2.",
  );
  const done = await client.submit(taken, held(), {
    "1.result": "SUBMISSION_RESULT_VALIDATED",
    "2.result": "SUBMISSION_RESULT_INVALIDATED",
    "2.comment": "Two houses are missing.",
  });
  expect(done.root.querySelector(".notice")?.textContent).toContain("Handed in");
  expect(await Promise.all([1, 2, 3].map(stateOf))).toEqual([
    TaskState.VALIDATED,
    TaskState.INVALIDATED,
    TaskState.MAPPED,
  ]);
  // What was not decided stays in the validator's hands.
  expect(done.root.querySelectorAll(".held-cards > li")).toHaveLength(1);
  await system.task.releaseLocks(
    { requestId: requestId(), projectId, taskIds: [3] },
    await system.signIn("validator"),
  );
});

test("nothing is taken if one of the chosen tasks is taken already, and the page says by whom", async () => {
  const client = await validator();
  const before = await client.get(page);
  const purpose = LockPurpose.VALIDATION;
  await system.task.lockTask({ requestId: requestId(), projectId, taskId: 5, purpose }, admin);
  const refused = await client.submit(before, queue(), { task_ids: ["4", "5"] });
  const alert = refused.root.querySelector("[role=alert]");
  expect([refused.status, alert?.getAttribute("data-reason")]).toEqual([409, "TASK_LOCKED"]);
  expect(alert?.textContent).toContain("administrator holds this task");
  expect(waiting(refused)).toContain("4");
  expect(refused.root.querySelectorAll(".held-cards > li")).toHaveLength(0);
});

test("a form without a choice is refused, and what was typed is kept", async () => {
  const client = await validator();
  const before = await client.get(page);
  const none = await client.submit(before, queue(), { task_ids: undefined });
  expect([none.status, none.root.querySelector("[role=alert]")?.textContent]).toEqual([
    422,
    expect.stringContaining("No task was chosen."),
  ]);
  const taken = await client.submit(before, queue(), { task_ids: ["6"] });
  const undecided = await client.submit(taken, held(), { "6.comment": "Not sure yet." });
  expect(undecided.status).toBe(422);
  expect(undecided.root.querySelector('textarea[name="6.comment"]')?.textContent).toBe("Not sure yet.");
});

test("the mapping of one person is chosen among those whose mapping waits, and stays chosen", async () => {
  const client = await validator();
  const { userId } = (await system.auth.getCurrentUser({}, mapper)).user ?? { userId: 0n };
  const all = await client.get(page);
  const options = all.root.querySelectorAll("#mapper option").map((it) => it.textContent);
  expect(options).toEqual(["Everybody’s mapping", expect.stringMatching(/^mapper-61 \(\d\)$/)]);
  const theirs = await client.submit(all, "form.mapper", { mapped_by_user_id: String(userId) });
  expect(theirs.path).toBe(`${page}?mapped_by_user_id=${userId}`);
  expect(waiting(theirs)).toEqual(waiting(all));
  expect(waiting(await client.get(`${page}?mapped_by_user_id=${userId + 1_000_000n}`))).toEqual([]);
  const none = await client.submit(theirs, queue(), { task_ids: undefined });
  expect(none.root.querySelector("#mapper option[selected]")?.textContent).toContain("mapper-61");
});

test("a manager may check what they mapped themselves, and somebody else may not", async () => {
  const at = { projectId, taskId: MAPPED + 1 };
  const lock = { requestId: requestId(), ...at, purpose: LockPurpose.MAPPING };
  const { token } = await system.task.lockTask(lock, admin);
  const work = { lockToken: token, result: SubmissionResult.MAPPED };
  await system.task.submitTask({ requestId: requestId(), ...at, ...work }, admin);
  const [manager, other] = [pageClient(system.url), pageClient(system.url)];
  await signInPage(manager, "administrator");
  await signInPage(other, "mapper-61");
  const [own, theirs] = [await manager.get(page), await other.get(page)];
  expect([waiting(own).includes(String(at.taskId)), own.text.includes("As a manager")]).toEqual([true, true]);
  expect([waiting(theirs), theirs.text.includes("another person checks it")]).toEqual([
    [String(at.taskId)],
    true,
  ]);
});

test("a sample has validated tasks for a second check, and the page lists the disagreement", async () => {
  const client = pageClient(system.url);
  await signInPage(client, "administrator");
  const before = await client.get(page);
  expect(before.root.querySelector("#disagreements")?.textContent).toContain("no disagreements");
  const sampled = await client.submit(before, "#sample form", { every: "1", seed: "monday" });
  const boxes = sampled.root
    .querySelectorAll("#sample input[name=task_ids]")
    .map((it) => it.getAttribute("value"));
  expect(boxes).toContain("1");
  expect((await client.get(sampled.path)).root.querySelector("#sample")?.textContent).toBe(
    sampled.root.querySelector("#sample")?.textContent,
  );
  const taken = await client.submit(sampled, `#sample ${queue()}`, { task_ids: ["1"] });
  const done = await client.submit(taken, held(), {
    "1.result": "SUBMISSION_RESULT_INVALIDATED",
    "1.comment": "A *bridge* is missing.",
  });
  expect(await stateOf(1)).toBe(TaskState.INVALIDATED);
  const [row] = done.root.querySelectorAll("#disagreements tbody tr");
  expect(row?.textContent).toMatch(/validator: mapped well.*you: sent back.*A bridge is missing\./s);
});
