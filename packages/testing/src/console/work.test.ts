import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { requestId } from "../ground/door.ts";
import { pageClient, signInPage } from "../ground/page-client.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";

const ZOOM = 13;
let system: ConsoleSystem;
let admin: Headers;
let projectId: number;
let tasks = 0;
let people = 7_000;

beforeAll(async () => {
  system = await consoleSystem();
  admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, ZOOM);
});
afterAll(() => system.stop());

const newTask = () => ({ projectId, taskId: ++tasks });
const newName = () => `mapper-${++people}`;
const list = () => `/v1/projects/${projectId}/tasks`;
const stateOf = async (taskId: number) =>
  (await system.task.getTask({ projectId, taskId }, admin)).task?.state;

async function lock(
  at: { projectId: number; taskId: number },
  who: Headers,
  purpose: LockPurpose = LockPurpose.MAPPING,
) {
  return (await system.task.lockTask({ requestId: requestId(), ...at, purpose }, who)).token;
}

/** A task that this person mapped. */
async function mapped(name: string, comment = ""): Promise<number> {
  const at = newTask();
  const who = await system.signIn(name);
  const lockToken = await lock(at, who);
  const result = SubmissionResult.MAPPED;
  await system.task.submitTask({ requestId: requestId(), ...at, lockToken, result, comment }, who);
  return at.taskId;
}

test("the table says each task's state and holder in words, and filters without scripts", async () => {
  const [mapper, holder] = [newName(), newName()];
  const taskId = await mapped(mapper);
  const held = newTask();
  await lock(held, await system.signIn(holder));
  const client = pageClient(system.url);
  await signInPage(client, newName());
  const all = await client.get(list());
  expect(all.status).toBe(200);
  expect(all.root.querySelector(".tabs [aria-current]")?.textContent).toBe("Tasks");
  expect(all.root.querySelector("figure.map svg")).not.toBeNull();
  expect(all.root.querySelectorAll("tbody tr").length).toBe(50);
  const rowOf = (id: number) =>
    all.root.querySelectorAll("tbody tr").find((it) => it.querySelector(`a[href="${list()}/${id}"]`));
  expect(rowOf(held.taskId)?.textContent).toContain(holder);
  expect(rowOf(taskId)?.textContent).toContain("Mapped, to validate");
  const next = all.root.querySelector(".pager [rel=next]")?.getAttribute("href")?.replaceAll("&amp;", "&");
  const second = await client.get(next ?? "");
  expect(second.root.querySelector(`tbody a[href="${list()}/51"]`)).not.toBeNull();

  const some = await client.submit(all, "form.finder", { "filter.states": ["TASK_STATE_MAPPED"] });
  expect(some.path).toBe(`${list()}?filter.states=TASK_STATE_MAPPED`);
  const states = some.root.querySelectorAll("tbody .state").map((it) => it.textContent);
  expect(new Set(states)).toEqual(new Set(["Mapped, to validate"]));
  const option = all.root
    .querySelectorAll('select[name="filter.holder_user_id"] option')
    .find((it) => it.textContent === holder);
  const own = await client.submit(all, "form.finder", {
    "filter.holder_user_id": option?.getAttribute("value") ?? "",
  });
  expect(own.root.querySelectorAll("tbody tr").length).toBe(1);
  expect(own.root.querySelector("option[selected][value]:not([value=''])")?.textContent).toBe(holder);
});

test("a wrong filter is refused at its field, and its value stays", async () => {
  const client = pageClient(system.url);
  await signInPage(client, newName());
  const wrong = await client.get(`${list()}?filter.priority=1000`);
  expect(wrong.status).toBe(422);
  expect(wrong.root.querySelector(".fault")).not.toBeNull();
  expect(wrong.root.querySelector('[name="filter.priority"]')?.getAttribute("value")).toBe("1000");
});

test("somebody who is not signed in reads the table, in French", async () => {
  const client = pageClient(system.url);
  const page = await client.get(list(), { "accept-language": "fr" });
  expect([page.status, page.text.includes("À cartographier")]).toEqual([200, true]);
});

test("several tasks are ticked and locked at once, and a refusal names the task and keeps the ticks", async () => {
  const name = newName();
  const client = pageClient(system.url);
  await signInPage(client, "validator");
  const ids = [await mapped(name), await mapped(newName())].map(String);
  const form = `form[action="/v1/projects/${projectId}/locks?filter.states=TASK_STATE_MAPPED"]`;
  const table = await client.get(`${list()}?filter.states=TASK_STATE_MAPPED`);
  const press = { purpose: "LOCK_PURPOSE_VALIDATION" };
  await lock({ projectId, taskId: Number(ids[1]) }, admin, LockPurpose.VALIDATION);
  const refused = await client.submit(table, form, { task_ids: ids, ...press });
  const alert = refused.root.querySelector("[role=alert]");
  expect([refused.status, alert?.getAttribute("data-reason")]).toEqual([409, "TASK_LOCKED"]);
  expect(alert?.textContent).toContain(`Task ${ids[1]}`);
  expect(refused.root.querySelectorAll("[name=task_ids][checked]")).toHaveLength(2);
  // The list is still the one of mapped tasks.
  expect(refused.root.querySelector('[value="TASK_STATE_MAPPED"][checked]')).not.toBeNull();
  await system.task.releaseLock({ requestId: requestId(), projectId, taskId: Number(ids[1]) }, admin);
  const taken = await client.submit(refused, form, press);
  expect([taken.path, taken.root.querySelectorAll(".held-cards > li").length]).toEqual([
    `/console/projects/${projectId}/validation`,
    2,
  ]);
  const who = await system.signIn("validator");
  await system.task.releaseLocks({ requestId: requestId(), projectId, taskIds: ids.map(Number) }, who);
});

test("a manager changes many tasks by filter, after reading how many are meant, and sees what was left out", async () => {
  const name = newName();
  const ids = [await mapped(name), await mapped(name), newTask().taskId];
  await lock({ projectId, taskId: ids[1] ?? 0 }, await system.signIn("validator"), LockPurpose.VALIDATION);
  const client = pageClient(system.url);
  await signInPage(client, "administrator");
  const table = await client.get(`${list()}?${ids.map((it) => `filter.task_ids=${it}`).join("&")}`);
  const path = table.root.querySelector('a[href*="/task-changes"]')?.getAttribute("href") ?? "";
  const chooser = await client.get(path.replaceAll("&amp;", "&"));
  expect(chooser.root.querySelector(".lead")?.textContent).toContain("3 tasks are chosen.");
  const sure = await client.submit(chooser, "form.changes", { action: "TASK_ACTION_INVALIDATE" });
  const words = sure.root.querySelector(".confirm")?.textContent;
  expect(words).toContain("2 tasks are meant.");
  expect(words).toContain("One other chosen task stays as it is");
  let operation = await client.submit(sure, ".confirm form");
  expect(operation.path).toMatch(/^\/v1\/projects\/\d+\/operations\/\d+$/);
  await expect
    .poll(async () => {
      operation = await client.get(operation.path);
      return operation.root.querySelector("#operation .lead")?.textContent;
    })
    .toBe("It is done.");
  expect(operation.root.querySelector("#operation")?.textContent).toContain("somebody is working on it: 1");
  expect(await Promise.all(ids.map(stateOf))).toEqual([
    TaskState.INVALIDATED,
    TaskState.MAPPED,
    TaskState.READY,
  ]);
});

test("what one person did is undone only after a choice of the person, and others may change nothing", async () => {
  const name = newName();
  const ids = [await mapped(name), await mapped(name)];
  const { userId = 0n } = (await system.auth.getCurrentUser({}, await system.signIn(name))).user ?? {};
  const [manager, other] = [pageClient(system.url), pageClient(system.url)];
  await signInPage(manager, "administrator");
  await signInPage(other, newName());
  const path = `/console/projects/${projectId}/task-changes`;
  expect((await other.get(path)).status).toBe(403);
  const nobody = await manager.get(`${path}?action=TASK_ACTION_REVERT_USER`);
  expect(nobody.root.querySelector(".fault")?.textContent).toBe("Choose the person.");
  const sure = await manager.submit(nobody, "form.changes", { reverted_user_id: String(userId) });
  const words = sure.root.querySelector(".confirm")?.textContent;
  expect([words?.includes(`Undo what ${name} did`), words?.includes("2 tasks are meant.")]).toEqual([
    true,
    true,
  ]);
  await manager.submit(sure, ".confirm form");
  await expect.poll(() => Promise.all(ids.map(stateOf))).toEqual([TaskState.READY, TaskState.READY]);
  const none = await manager.submit(await manager.get(list()), 'form[action$="/locks"]', {
    task_ids: undefined,
  });
  expect([none.status, none.text.includes("No task was chosen.")]).toEqual([422, true]);
});

test("my work shows what I hold with its clock, gives it more time, lets it go, and names what is reserved", async () => {
  const name = newName();
  const who = await system.signIn(name);
  const held = newTask();
  await lock(held, who);
  const reserved = newTask();
  const manager = pageClient(system.url);
  await signInPage(manager, "administrator");
  const task = await manager.get(`${list()}/${reserved.taskId}`);
  await manager.submit(task, 'form[action*="/assignment?_method=PUT"]', { user: name });
  const client = pageClient(system.url);
  await signInPage(client, name);
  const project = await client.get(`/v1/projects/${projectId}`);
  await client.submit(project, 'form[action*="/favourites/"], form[action*="/favourite"]');
  const page = await client.get("/v1/users/me/locks");
  expect(page.root.querySelector(".who, header")?.innerHTML).toContain('href="/v1/users/me/locks"');
  expect(page.root.querySelector(`.held-tasks a[href="${list()}/${held.taskId}"]`)).not.toBeNull();
  expect(page.root.querySelector(".held-tasks [data-lock-clock]")).not.toBeNull();
  expect(page.root.querySelector(`a[href="${list()}/${reserved.taskId}"]`)).not.toBeNull();
  const extended = await client.submit(page, `form[action="${list()}/${held.taskId}/lock?_method=PATCH"]`);
  expect([extended.path, extended.text.includes("You have more time.")]).toEqual([
    "/v1/users/me/locks",
    true,
  ]);
  const released = await client.submit(page, `form[action="${list()}/${held.taskId}/lock?_method=DELETE"]`);
  expect([released.path, released.text.includes("You hold no task.")]).toEqual(["/v1/users/me/locks", true]);
  const late = await client.submit(extended, `form[action="${list()}/${held.taskId}/lock?_method=PATCH"]`);
  expect(late.root.querySelector("[role=alert]")?.getAttribute("data-reason")).toBe("LOCK_NOT_HELD");
});

test("if one task of several is refused, its page says which and why, and keeps what was typed", async () => {
  const tasksOf = [await mapped(newName()), await mapped(newName()), await mapped(newName())];
  const [taken = 0, first = 0, second = 0] = tasksOf;
  const client = pageClient(system.url);
  await signInPage(client, "validator");
  const path = `/console/projects/${projectId}/validation`;
  const take = `form[action="/v1/projects/${projectId}/locks"]`;
  const handIn = `form[action="/v1/projects/${projectId}/submissions"]`;
  const queue = await client.get(path);
  await lock({ projectId, taskId: taken }, admin, LockPurpose.VALIDATION);
  const refused = await client.submit(queue, take, { task_ids: [String(taken), String(first)] });
  const alert = refused.root.querySelector("[role=alert]");
  expect(alert?.getAttribute("data-reason")).toBe("TASK_LOCKED");
  expect(alert?.textContent).toContain(`Task ${taken}`);
  expect(refused.root.querySelector(`[name=task_ids][value="${first}"][checked]`)).not.toBeNull();

  const held = await client.submit(refused, take, { task_ids: [String(first), String(second)] });
  await system.task.releaseLock(
    { requestId: requestId(), projectId, taskId: first },
    await system.signIn("validator"),
  );
  const late = await client.submit(held, handIn, {
    [`${first}.result`]: "SUBMISSION_RESULT_VALIDATED",
    [`${first}.comment`]: "Well done.",
    [`${second}.result`]: "SUBMISSION_RESULT_VALIDATED",
    [`${second}.comment`]: "All is there.",
  });
  expect(late.root.querySelector("[role=alert]")?.getAttribute("data-reason")).toBe("LOCK_NOT_HELD");
  expect(late.root.querySelector("[role=alert]")?.textContent).toContain(`Task ${first}`);
  expect(late.root.querySelector(".typed")?.textContent).toBe("Well done.");
  expect(late.root.querySelector(`[name="${second}.comment"]`)?.textContent).toBe("All is there.");
  const again = await client.submit(late, handIn);
  expect([again.path, await stateOf(second)]).toEqual([path, TaskState.VALIDATED]);
});
