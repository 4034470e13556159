import { type Command, form } from "../forms/form.ts";
import { type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";

/** A form of the section of work: with scripts only that section is swapped, and the address stays. */
export function partForm(visit: Visit, command: Command, ...fields: Content[]) {
  const more = html` hx-target="#work" hx-swap="outerMorph show:none" hx-push-url="false"${command.more}`;
  return form(visit, { ...command, more }, ...fields);
}

/** The same for a form whose refusal stands above all forms, because the form itself may be gone by then. */
export function actForm(visit: Visit, command: Command, ...fields: Content[]) {
  return partForm({ ...visit, refused: undefined }, command, ...fields);
}
