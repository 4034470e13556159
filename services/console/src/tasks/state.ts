import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { type TaskState, TaskStateSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type Html, html } from "../html/html.ts";
import type { Language } from "../texts/languages.ts";
import { enumName } from "../visits/enum-value.ts";
import { STATE_TEXTS } from "./state-texts.ts";

/** The states of a task, without UNSPECIFIED, by their names in the contract less the prefix. */
type StateName = Exclude<keyof typeof TaskState, "UNSPECIFIED">;

/** What a state is called, in words. */
export function stateName(language: Language, state: TaskState | undefined): string {
  const name = enumName(TaskStateSchema, state) as StateName;
  return STATE_TEXTS(language)[name] ?? "";
}

/** A state as a mark: its colour and pattern are beside its words, never in place of them. */
export function stateMark(language: Language, state: TaskState | undefined): Html {
  const name = enumName(TaskStateSchema, state).toLowerCase().replaceAll("_", "-");
  return html`<span class="state"><span class="state-swatch state-${name}" aria-hidden="true"></span>${stateName(language, state)}</span>`;
}

/** What a lock is for, in a word. */
export function purposeName(language: Language, purpose: LockPurpose): string {
  const t = STATE_TEXTS(language);
  return purpose === LockPurpose.VALIDATION ? t.validation : t.mapping;
}
