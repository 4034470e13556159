import { create } from "@bufbuild/protobuf";
import { ProjectEventSchema } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { TaskEventKindSchema, TaskEventSchema } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { expect, test } from "vitest";
import { html } from "../html/html.ts";
import { projectEventWords, taskEventWords } from "./event-words.ts";
import { sentence } from "./sentence.ts";

const nameOf = (id: bigint | undefined) => (id === undefined ? "" : html`<b>Ana</b>`);
const words = (fields: object, language: "en" | "fr" = "en") =>
  String(
    taskEventWords(
      language,
      create(TaskEventSchema, { projectId: 1, taskId: 7, actorUserId: 3n, ...fields }),
      nameOf,
    ),
  );

test("an event of a task is a sentence with links", () => {
  expect(words({ kind: 6, toState: 2 })).toBe(
    '<b>Ana</b> handed in <a href="/v1/projects/1/tasks/7">task 7</a>: mapped',
  );
  expect(words({ kind: 2, lock: { purpose: 2 } }, "fr")).toContain("pour la valider");
  expect(words({ kind: 1, taskId: undefined, taskCount: 1200 })).toBe(
    "<b>Ana</b> cut the area into 1,200 tasks",
  );
  expect(words({ kind: 5, actorUserId: undefined, lock: { holderUserId: 4n } })).toContain(
    "The lock of <b>Ana</b>",
  );
});

test("a sentence begins with a capital of ours, and a name stays as its person wrote it", () => {
  const kindOf = (name: string) =>
    TaskEventKindSchema.values.find((it) => it.name === `TASK_EVENT_KIND_${name}`)?.number;
  expect(words({ kind: kindOf("WITHDRAWN") })).toMatch(/^<a [^>]*>Task 7<\/a> lies/);
  expect(words({ kind: kindOf("WITHDRAWN") }, "fr")).toMatch(/^La <a [^>]*>tâche 7<\/a>/);
  const named = taskEventWords("en", create(TaskEventSchema, { kind: 3, actorUserId: 3n }), () => "ada");
  expect(String(named)).toMatch(/^ada /);
});

test.each([
  ["en", 1, "1 task"],
  ["en", 2, "2 tasks"],
  ["fr", 1, "1 tâche"],
] as const)("in %s, %i task has its own plural", (language, taskCount, text) => {
  expect(words({ kind: 1, taskId: undefined, taskCount }, language)).toMatch(new RegExp(`${text}$`));
});

test.each(TaskEventKindSchema.values.filter((it) => it.number !== 0))(
  "$name has words",
  ({ number: kind }) => {
    const text = words({ kind, toState: 2, lock: { purpose: 1, holderUserId: 4n } });
    expect(text).not.toMatch(/[{}]/);
    expect(text).not.toContain("changed <a");
  },
);

test("a change of a project names its fields, and its actor only to managers", () => {
  const event = create(ProjectEventSchema, { kind: 2, fields: ["name", "new_field"] });
  expect(String(projectEventWords("en", event, nameOf))).toBe(
    "A manager changed the project: name, new_field",
  );
});

test("what is put into a sentence is escaped, unless it is a part of a page", () => {
  expect(String(sentence("{who} & {task} {x}", { who: "<i>", task: html`<b>1</b>` }))).toBe(
    "&lt;i&gt; &amp; <b>1</b> {x}",
  );
});
