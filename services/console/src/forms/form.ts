import { randomUUID } from "node:crypto";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { attributes, type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { refusalAlert } from "./refusal-alert.ts";

/** A form, and the command of the contract that it sends. */
export interface Command {
  /** The method of the REST resource. */
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  /** The path of the REST resource. */
  action: string;
  /** Which of several forms of a page this is that send the same command, such as a group of settings. */
  part?: string;
  /** The text of its button; none if the fields have buttons of their own. */
  submit?: string;
  /** What its button is about, where several of a page say the same: only screen readers say it. */
  about?: string | undefined;
  /** What a screen reader calls the form, if there is no heading in it. */
  label?: string;
  /** The revision that the reader has seen: the command is refused if there is a newer one. */
  revision?: bigint | undefined;
  /** A button that looks like a link. */
  quiet?: boolean;
  /** A button that takes something away. */
  danger?: boolean;
  /** What is asked before it is sent; with scripts off the button alone decides. */
  confirm?: string;
  /** Carries a file, in a field that comes last. */
  file?: boolean;
  /** More attributes of the form element. */
  more?: Content;
}

/**
 * A form of a page. It works without scripts. It carries the browser's token, an id of its own (`_request_id`), by which a
 * form that is sent twice has one effect, and the revision (`_revision`). Where it was refused, it says why.
 */
export function form(visit: Visit, command: Command, ...fields: Content[]) {
  const { method, action, part, submit, about, label, revision, quiet, danger, confirm, file, more } =
    command;
  const separator = action.includes("?") ? "&" : "?";
  const address = method === "POST" ? action : `${action}${separator}_method=${method}`;
  const own = attributes({
    enctype: file ? "multipart/form-data" : undefined,
    "aria-label": label,
    class: quiet ? "quiet" : undefined,
    "hx-confirm": confirm,
  });
  const button =
    submit === undefined
      ? ""
      : html`<button${attributes({ class: danger ? "danger" : undefined })}>${submit}${about === undefined ? "" : html` <span class="unseen" dir="auto">${about}</span>`}</button>`;
  return html`<form method="post" action="${address}"${own}${more}>
<input type="hidden" name="_token" value="${visit.formToken()}" autocomplete="off"><input type="hidden" name="_request_id" value="${randomUUID()}" autocomplete="off">
${part === undefined ? "" : html`<input type="hidden" name="_part" value="${part}">`}
${revision === undefined ? "" : html`<input type="hidden" name="_revision" value="${seenRevision(visit, command, revision)}" autocomplete="off">`}
${refusalAlert(visit, refusalAt(visit, command))}${fields}${button}</form>`;
}

/** A form that was refused for another reason still changes what its reader has seen, not what is there now. */
function seenRevision(visit: Visit, command: Command, revision: bigint): bigint {
  if (isStale(refusalAt(visit, command))) return revision;
  const sent = refusalAt(visit, command) && visit.refused?.form.bigint("_revision");
  return sent ?? revision;
}

const PRECONDITION_FAILED = 412;

/** Whether a command was refused because somebody else changed the resource meanwhile. */
export function isStale(refusal: Refusal | undefined): boolean {
  return refusal?.reason.httpStatus === PRECONDITION_FAILED;
}

/** What names a form among those of a page. */
export type FormName = Pick<Command, "method" | "action" | "part">;

/** The refusal of this very form; undefined if it was not refused. */
export function refusalAt({ refused }: Visit, { method, action, part = "" }: FormName) {
  if (refused?.command !== `${method} ${action.split("?")[0]}`) return undefined;
  return refused.form.text("_part") === part ? refused.refusal : undefined;
}
