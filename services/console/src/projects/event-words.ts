import type { ProjectEvent } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import {
  type TaskEvent,
  TaskEventKind,
  TaskEventKindSchema,
} from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import type { NameOf } from "../people/names.ts";
import type { Language } from "../texts/languages.ts";
import { ACTIVITY_TEXTS } from "./activity-texts.ts";
import { sentence } from "./sentence.ts";
import { WORDS, word } from "./words.ts";

const SHORT_NAME = /^TASK_EVENT_KIND_/;

/** What happened to a task, as a sentence with links to the people and the task. */
export function taskEventWords(language: Language, event: TaskEvent, nameOf: NameOf) {
  const t = ACTIVITY_TEXTS(language);
  const { projectId, taskId, parentTaskId, lock, toState, taskCount, priority } = event;
  const link = (id: number | undefined, name = t.task) =>
    id === undefined ? "" : html`<a href="/v1/projects/${projectId}/tasks/${id}">${name(id)}</a>`;
  const texts: Readonly<Record<string, unknown>> = t;
  const text = texts[keyOf(event)];
  return sentence(typeof text === "string" ? text : t.OTHER, {
    who: event.actorUserId === undefined ? t.system : nameOf(event.actorUserId, "name"),
    task: link(taskId),
    first: link(taskId, t.taskFirst),
    parent: link(parentTaskId),
    holder: nameOf(lock?.holderUserId, "name"),
    other: nameOf(event.assignedUserId, "name"),
    state: word(WORDS(language).state, toState ?? 0),
    tasks: t.tasksMade(taskCount ?? 0),
    count: number(language, priority ?? 0),
  });
}

/** The people whom an event of a task names. */
export function peopleIn({ actorUserId, lock, assignedUserId }: TaskEvent): (bigint | undefined)[] {
  return [actorUserId, lock?.holderUserId, assignedUserId];
}

/** What was changed in a project, as a sentence. Only its managers see by whom. */
export function projectEventWords(language: Language, event: ProjectEvent, nameOf: NameOf) {
  const t = ACTIVITY_TEXTS(language);
  const names: Readonly<Record<string, string>> = t.fields;
  const who = event.actorUserId === undefined ? t.somebody : nameOf(event.actorUserId, "name");
  const fields = event.fields.map((it) => names[it] ?? it).join(", ");
  return html`${sentence(word(t.project, event.kind) || t.project[2], { who })}${fields !== "" && html`: ${fields}`}`;
}

function keyOf({ kind, lock, toState }: TaskEvent): string {
  const name = TaskEventKindSchema.value[kind]?.name.replace(SHORT_NAME, "") ?? "";
  if (kind === TaskEventKind.LOCKED)
    return lock?.purpose === LockPurpose.VALIDATION ? "LOCKED_VALIDATION" : "LOCKED_MAPPING";
  return kind === TaskEventKind.SUBMITTED ? `SUBMITTED_${toState}` : name;
}
