import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { field } from "../forms/field.ts";
import { attributes, type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { issueFields } from "./issues.ts";
import { partForm } from "./part-form.ts";
import type { TaskView } from "./read-task.ts";
import { taskPath } from "./task-address.ts";
import { TASK_TEXTS } from "./texts.ts";

const RESULTS = {
  MAPPING: ["MAPPED", "BAD_IMAGERY"],
  VALIDATION: ["VALIDATED", "INVALIDATED"],
} as const;
const COMMENT_MAX = 5_000;

/** For which lock a hand-in form is shown. */
export interface HandIn {
  purpose: "MAPPING" | "VALIDATION";
  /** The token of the reader's lock; undefined for one that is over. */
  token: bigint | undefined;
  /** Whether the task is to be taken again first: the lock expired, and nobody has taken the task since. */
  isAgain: boolean;
}

/** The hand-in that a page offers: of the lock that the reader holds, or of one that has just expired under what they typed. */
export function handInOf({ refused }: Visit, { now, task }: TaskView): HandIn | undefined {
  if (now.mine !== undefined) {
    const purpose = now.mine.purpose === LockPurpose.VALIDATION ? "VALIDATION" : "MAPPING";
    return { purpose, token: now.mine.token, isAgain: false };
  }
  const isHandIn = refused?.command === `POST ${taskPath(task)}/submissions`;
  if (!isHandIn || refused.refusal.reason.name !== "LOCK_EXPIRED") return undefined;
  const purpose = refused.form.text("purpose") === "VALIDATION" ? "VALIDATION" : "MAPPING";
  return { purpose, token: undefined, isAgain: true };
}

/** The form by which work is handed in; nothing for who holds no lock. Its refusals stand at the top of its section. */
export function handInForm(visit: Visit, view: TaskView): Content {
  const handIn = handInOf(visit, view);
  if (handIn === undefined) return "";
  const t = TASK_TEXTS(visit.language);
  const { purpose, token, isAgain } = handIn;
  const action = `${taskPath(view.task)}/submissions`;
  const command = { method: "POST", action, submit: isAgain ? t.again : t.handIn } as const;
  const typed = visit.refused?.command === `POST ${action}` ? visit.refused.form : undefined;
  const results = RESULTS[purpose].map((result) => {
    const value = `SUBMISSION_RESULT_${result}`;
    const isOn = typed?.text("result") === value;
    return html`<label class="check"><input type="radio" name="result" value="${value}" required${attributes({ checked: isOn })}> <span>${t[result]}</span></label>`;
  });
  const comment = { name: "comment", label: t.comment, help: t.commentHelp, rows: 3, maxLength: COMMENT_MAX };
  const value = typed?.text("comment");
  // The alert above the forms says why; here stand the faults of fields, and what was typed.
  const inner = partForm(
    withoutAlert(visit, action),
    command,
    html`<input type="hidden" name="purpose" value="${purpose}">`,
    token === undefined
      ? html`<input type="hidden" name="again" value="true">`
      : html`<input type="hidden" name="lock_token" value="${token}">`,
    html`<fieldset><legend>${t.handIn}</legend>${results}</fieldset>`,
    purpose === "VALIDATION" ? issueFields(visit, { method: "POST", action }, typed) : "",
    field(visit, { method: "POST", action }, { ...comment, value }),
  );
  return html`<div class="hand-in">${inner}</div>`;
}

/** The visit for a form whose refusal is said elsewhere. */
function withoutAlert(visit: Visit, action: string): Visit {
  return visit.refused?.command === `POST ${action}` ? { ...visit, refused: undefined } : visit;
}
