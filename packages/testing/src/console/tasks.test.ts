import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../browser.ts";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { requestId } from "../ground/door.ts";
import { pageClient, signInPage } from "../ground/page-client.ts";
import { type Reader, readerWithoutScripts, readerWithScripts } from "../ground/readers.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";

const ZOOM = 13;
let system: ConsoleSystem;
let browser: TestBrowser;
let admin: Headers;
let projectId: number;
let tasks = 0;
let people = 5_000;

beforeAll(async () => {
  [system, browser] = await Promise.all([consoleSystem(), startBrowser()]);
  admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, ZOOM);
});
afterAll(() => Promise.all([system.stop(), browser.stop()]));

const newTask = () => ({ projectId, taskId: ++tasks });
const newName = () => `mapper-${++people}`;
const pathOf = ({ taskId }: { taskId: number }) => `/v1/projects/${projectId}/tasks/${taskId}`;
const stateOf = async (at: { taskId: number }) =>
  (await system.task.getTask({ projectId, ...at }, admin)).task?.state;

/** Locks a task through the API. */
async function lock(
  at: { projectId: number; taskId: number },
  who: Headers,
  purpose: LockPurpose = LockPurpose.MAPPING,
) {
  const { token } = await system.task.lockTask({ requestId: requestId(), ...at, purpose }, who);
  return token;
}

/** A task that somebody mapped. */
async function mappedTask(comment = "") {
  const at = newTask();
  const who = await system.signIn(newName());
  const lockToken = await lock(at, who);
  const result = SubmissionResult.MAPPED;
  await system.task.submitTask({ requestId: requestId(), ...at, lockToken, result, comment }, who);
  return at;
}

const WAYS: Record<string, (name: string) => Promise<Reader>> = {
  "with scripts off": (name) => readerWithoutScripts(system.url, name),
  "with htmx": (name) => readerWithScripts(browser, system.url, name),
};

const take = (at: { taskId: number }) => `form[action^="${pathOf(at)}/lock?_method=PUT"]`;
const handIn = (at: { taskId: number }) => `form[action="${pathOf(at)}/submissions"]`;
const alert = "[role=alert]";

describe.each(Object.entries(WAYS))("%s", (_way, signIn) => {
  test("a mapper takes a task, hands it in, and undoes that", async () => {
    const at = newTask();
    const mapper = await signIn(newName());
    await mapper.open(pathOf(at));
    expect(await mapper.text(".task-state")).toBe("To map");
    await mapper.send(take(at));
    expect(await mapper.text(".notice")).toContain("The task is yours");
    expect(await mapper.text(".task-held.mine")).toMatch(
      /^You hold it for mapping\.(?:(?!until).)+until(?:(?!until).)+$/,
    );
    // The picture beside it shows that as well.
    expect(await mapper.count("#beside svg .held-lines")).toBe(1);
    expect(mapper.path()).toBe(pathOf(at));
    await mapper.send(handIn(at), { result: "SUBMISSION_RESULT_MAPPED", comment: "Two *roads* were new." });
    expect(await mapper.text(".task-state")).toBe("Mapped, to validate");
    expect(await mapper.text(".talk li .prose")).toBe("Two roads were new.");
    expect(await mapper.text(".history li")).toContain("handed it in: Mapped, to validate.");
    expect(await mapper.text(".why-not[data-reason=LEVEL_TOO_LOW]")).toContain("yours is beginner");
    await mapper.send(`form[action="${pathOf(at)}/undos"]`);
    expect(await mapper.text(".task-state")).toBe("To map");
  });

  test("a validator sends a task back with what is wrong, and the history says so", async () => {
    const at = await mappedTask("Please look at the bridge.");
    const validator = await signIn("validator");
    await validator.open(pathOf(at));
    expect(await validator.text(".talk li .prose")).toBe("Please look at the bridge.");
    await validator.send(take(at));
    expect(await validator.count(`${handIn(at)} [name=result]`)).toBe(2);
    await validator.send(handIn(at), {
      result: "SUBMISSION_RESULT_INVALIDATED",
      comment: "Two houses are missing.",
      "issues.missed-feature": "2",
    });
    expect(await validator.text(".task-state")).toBe("To map again");
    expect(await validator.text(".found")).toBe("Something is missing: 2");
    expect(await stateOf(at)).toBe(TaskState.INVALIDATED);
  });

  test("a task that somebody else holds says who and until when, and they can be asked for it", async () => {
    const at = newTask();
    const holder = newName();
    await lock(at, await system.signIn(holder));
    const mapper = await signIn(newName());
    await mapper.open(pathOf(at));
    expect(await mapper.count(take(at))).toBe(0);
    expect(await mapper.text(".task-held")).toContain(`${holder} holds it for mapping until`);
    await mapper.send(`form[action="${pathOf(at)}/comments"]`);
    expect(await mapper.text(".talk li .prose")).toContain("Could you hand this task in");
  });

  test("a page from before somebody else took the task is refused, and says who has it", async () => {
    const at = newTask();
    const mapper = await signIn(newName());
    await mapper.open(pathOf(at));
    const holder = newName();
    await lock(at, await system.signIn(holder));
    await mapper.send(take(at));
    expect(await mapper.attribute(alert, "data-reason")).toBe("TASK_LOCKED");
    expect(await mapper.text(alert)).toContain(`${holder} holds this task until`);
    expect(await mapper.count(take(at))).toBe(0);
  });

  test("a person who holds as many tasks as allowed reads which, with a link to it", async () => {
    const [held, wanted] = [newTask(), newTask()];
    const mapper = await signIn(newName());
    await mapper.open(pathOf(held));
    await mapper.send(take(held));
    await mapper.open(pathOf(wanted));
    expect(await mapper.text(".take .help")).toContain(`task ${held.taskId}`);
    await mapper.send(take(wanted));
    expect(await mapper.attribute(alert, "data-reason")).toBe("LOCK_LIMIT_REACHED");
    expect(await mapper.attribute(`${alert} a`, "href")).toBe(pathOf(held));
  });

  test("a hand-in after the lock expired keeps what was typed, and takes the task again with one button", async () => {
    const at = newTask();
    const mapper = await signIn(newName());
    await mapper.open(pathOf(at));
    await mapper.send(take(at));
    await system.databases.task.sql`
      update tasks set lock_expire_time = clock_timestamp() - interval '1 second'
      where project_id = ${projectId} and task_id = ${at.taskId}`;
    await system.databases.task.sql`
      delete from lock_slots where project_id = ${projectId} and task_id = ${at.taskId}`;
    const typed = { result: "SUBMISSION_RESULT_MAPPED", comment: "Done at last." };
    await mapper.send(handIn(at), typed);
    expect(await mapper.attribute(alert, "data-reason")).toBe("LOCK_EXPIRED");
    expect(await mapper.value(`${handIn(at)} textarea`)).toBe("Done at last.");
    await mapper.send(handIn(at));
    expect(await mapper.text(".task-state")).toBe("Mapped, to validate");
    expect(await mapper.text(".talk li .prose")).toBe("Done at last.");
  });

  test("a second window's stale hand-in is refused in words, and what was typed is kept", async () => {
    const at = newTask();
    const name = newName();
    const [first, second] = [await signIn(name), await system.signIn(name)];
    await first.open(pathOf(at));
    await first.send(take(at));
    await system.task.releaseLock({ requestId: requestId(), ...at }, second);
    await lock(at, second);
    await first.send(handIn(at), { result: "SUBMISSION_RESULT_MAPPED", comment: "From the first." });
    expect(await first.attribute(alert, "data-reason")).toBe("LOCK_TOKEN_STALE");
    expect(await first.value(`${handIn(at)} textarea`)).toBe("From the first.");
    expect(await stateOf(at)).toBe(TaskState.READY);
    await first.send(handIn(at));
    expect(await stateOf(at)).toBe(TaskState.MAPPED);
  });

  test("what was typed for a task that others hold now is kept as a comment", async () => {
    const at = newTask();
    const name = newName();
    const mapper = await signIn(name);
    await mapper.open(pathOf(at));
    await mapper.send(take(at));
    await system.task.releaseLock({ requestId: requestId(), ...at }, await system.signIn(name));
    const holder = newName();
    await lock(at, await system.signIn(holder));
    await mapper.send(handIn(at), { result: "SUBMISSION_RESULT_MAPPED", comment: "I was late." });
    expect(await mapper.attribute(alert, "data-reason")).toBe("LOCK_NOT_HELD");
    expect(await mapper.text(alert)).toContain(`${holder} holds it until`);
    expect(await mapper.value(".talk textarea")).toBe("I was late.");
  });

  test("a holder gets more time, splits the task, and finds its parts", async () => {
    const at = newTask();
    const mapper = await signIn(newName());
    await mapper.open(pathOf(at));
    await mapper.send(take(at));
    await mapper.send(`form[action^="${pathOf(at)}/lock?_method=PATCH"]`);
    expect(await mapper.text(".notice")).toBe("You have more time.");
    await mapper.send(`form[action="${pathOf(at)}/subtasks"]`);
    expect(await mapper.text(".task-state")).toBe("Split into parts");
    expect(await mapper.count("#work li .state")).toBe(4);
  });

  test("where a task is held, the server chooses another, and says why where it finds none", async () => {
    const at = newTask();
    await lock(at, await system.signIn(newName()));
    const mapper = await signIn(newName());
    await mapper.open(pathOf(at));
    const claim = `form[action="/v1/projects/${projectId}/claims"]`;
    await mapper.send(claim);
    expect(await mapper.text(".task-held.mine")).toContain("You hold it for mapping");
    expect(mapper.path()).toMatch(/^\/v1\/projects\/\d+\/tasks\/\d+$/);
    await mapper.open(pathOf(at));
    await mapper.send(claim);
    expect(await mapper.attribute(alert, "data-reason")).toBe("LOCK_LIMIT_REACHED");
    expect(await mapper.attribute(`${alert} a`, "href")).toMatch(/\/tasks\/\d+$/);
  });

  test("a manager reserves a task, takes it away from its holder, and ends the reservation", async () => {
    const at = newTask();
    const holder = newName();
    const who = await system.signIn(holder);
    const manager = await signIn("administrator");
    await manager.open(pathOf(at));
    const assign = `form[action^="${pathOf(at)}/assignment?_method=PUT"]`;
    await manager.send(assign, { user: "nobody at all" });
    expect(await manager.text(`${assign} .fault`)).toBe("Nobody is called nobody at all.");
    expect(await manager.value(`${assign} [name=user]`)).toBe("nobody at all");
    await manager.send(assign, { user: holder, days: "3" });
    expect(await manager.text("#work")).toContain(`Reserved for ${holder} until`);
    const other = await signIn(newName());
    await other.open(pathOf(at));
    expect(await other.text(".why-not[data-reason=TASK_ASSIGNED]")).toContain(holder);
    await lock(at, who);
    await manager.open(pathOf(at));
    await manager.send(`form[action^="${pathOf(at)}/lock?_method=DELETE"]`);
    expect(await manager.text(".history li")).toContain(`took it away from ${holder}`);
    await manager.send(`form[action^="${pathOf(at)}/assignment?_method=DELETE"]`);
    expect(await manager.text(".notice")).toBe("The reservation is ended.");
  });
});

test("a form that is sent again with other words is another comment, and sent again as it is has one effect", async () => {
  const at = newTask();
  const path = pathOf(at);
  const client = pageClient(system.url);
  await signInPage(client, newName());
  const page = await client.get(path);
  const comment = (text: string) => client.submit(page, `form[action="${path}/comments"]`, { text });
  for (const text of ["One.", "One.", "Another."]) expect((await comment(text)).status).toBe(200);
  const there = await client.get(path);
  expect(there.root.querySelectorAll(".talk li .prose").map((it) => it.textContent.trim())).toEqual([
    "One.",
    "Another.",
  ]);

  const deleted = await client.submit(there, `form[action^="${path}/comments/1?_method=DELETE"]`);
  expect(deleted.root.querySelector(".notice")?.textContent).toBe("The comment is deleted.");
  expect(deleted.root.querySelectorAll(".talk li .prose").map((it) => it.textContent.trim())).toEqual([
    "Another.",
  ]);
  expect(deleted.root.querySelector(".history")?.textContent).toContain("deleted a comment.");
});
