import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { field } from "../forms/field.ts";
import { type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { ASSIGNMENT_TEXTS } from "./assignment-texts.ts";
import { actForm, partForm } from "./part-form.ts";
import type { TaskView } from "./read-task.ts";
import { taskPath } from "./task-address.ts";

/** For how many days a task is reserved, as the form offers it. */
export const ASSIGNMENT_DAYS = [1, 3, 7, 14, 30] as const;
const DAYS_USUAL = 7;
const NAME_MAX = 64;

/** What managers do about the reservation of a task; nothing for others. */
export function assignmentPart(visit: Visit, { task, now }: TaskView): Content {
  if (!now.manages) return "";
  const t = ASSIGNMENT_TEXTS(visit.language);
  const { refused } = visit;
  const action = `${taskPath(task)}/assignment`;
  const isAssignable = task.state === TaskState.READY || task.state === TaskState.INVALIDATED;
  const assign = { method: "PUT", action, submit: t.assign } as const;
  const end = { method: "DELETE", action, submit: t.unassign } as const;
  const isOpen = refused?.command === `PUT ${action}`;
  const fields = [
    field(visit, assign, {
      name: "user",
      label: t.person,
      required: true,
      maxLength: NAME_MAX,
      autocomplete: "off",
    }),
    field(visit, assign, {
      name: "days",
      label: t.days,
      value: DAYS_USUAL,
      options: ASSIGNMENT_DAYS.map((days) => [String(days), t.day(days)]),
    }),
  ];
  const ended =
    task.assignment === undefined ? "" : html`<div class="acts minor">${actForm(visit, end)}</div>`;
  if (!isAssignable) return ended;
  return html`${ended}<details class="assign"${isOpen ? html` open` : ""}><summary>${task.assignment === undefined ? t.title : t.change}</summary>${partForm(visit, assign, fields)}</details>`;
}
