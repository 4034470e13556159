import { attributes, type Content, html } from "../html/html.ts";
import { violationText } from "../texts/violations.ts";
import type { Visit } from "../visits/visit.ts";
import { type FormName, refusalAt } from "./form.ts";

/** A field of a form. */
export interface Field {
  /** The path of the contract's field: "project.name". What the contract says against it is shown beside it. */
  name: string;
  label: string;
  /** What it holds now; what was typed takes its place when the form was refused. */
  value?: string | number | bigint | undefined;
  /** What helps to fill it in. */
  help?: string;
  type?: "text" | "email" | "number" | "date" | "datetime-local" | "search" | "url" | "password";
  /** A field of several lines, with this many shown. */
  rows?: number;
  /** A choice of these: value and name. */
  options?: readonly (readonly [value: string, name: string])[];
  required?: boolean;
  maxLength?: number;
  min?: number;
  max?: number;
  step?: number | "any";
  autocomplete?: string;
  list?: string;
  /** The language of its text, where that is another than the page's. */
  lang?: string;
}

/** A field with its label, its help, and what was found wrong with it. `command` is the form that it stands in. */
export function field(visit: Visit, command: FormName, it: Field) {
  const refusal = refusalAt(visit, command);
  const value = refusal === undefined ? it.value : visit.refused?.form.text(it.name);
  const faults = (refusal?.violations ?? []).filter(
    ({ field: path }) => path === it.name || path.startsWith(`${it.name}[`),
  );
  const id = `f-${it.name.replaceAll(/[^a-z0-9]+/gi, "-")}-${command.action.replaceAll(/[^a-z0-9]+/gi, "-")}`;
  const describedBy = [it.help && `${id}-help`, faults.length > 0 && `${id}-fault`].filter(Boolean).join(" ");
  const own = attributes({
    id,
    name: it.name,
    required: it.required,
    maxlength: it.maxLength,
    autocomplete: it.autocomplete,
    lang: it.lang,
    "aria-describedby": describedBy || undefined,
    "aria-invalid": faults.length > 0 ? "true" : undefined,
  });
  return html`<div class="field"><label for="${id}">${it.label}</label>
${it.help ? html`<p class="help" id="${id}-help">${it.help}</p>` : ""}
${faults.length > 0 ? html`<p class="fault" id="${id}-fault">${faults.map((fault) => html`<span>${violationText(visit.language, fault)}</span>`)}</p>` : ""}
${control(it, value, own)}</div>`;
}

function control(it: Field, value: Field["value"], own: Content) {
  if (it.options !== undefined) {
    const options = it.options.map(
      ([option, name]) =>
        html`<option value="${option}"${attributes({ selected: option === String(value ?? "") })}>${name}</option>`,
    );
    return html`<select${own}>${options}</select>`;
  }
  if (it.rows !== undefined) return html`<textarea rows="${it.rows}" dir="auto"${own}>${value}</textarea>`;
  const { type = "text", min, max, step, list } = it;
  const dir = type === "text" || type === "search" ? "auto" : undefined;
  return html`<input type="${type}"${own}${attributes({ value: value ?? "", min, max, step, list, dir })}>`;
}

/** A check box. */
export function checkBox(
  visit: Visit,
  command: FormName,
  it: { name: string; label: string; isOn: boolean; value?: string; help?: string },
) {
  const refused = refusalAt(visit, command) && visit.refused;
  const { value = "true" } = it;
  const isOn = refused ? refused.form.all(it.name).includes(value) : it.isOn;
  return html`<label class="check"><input type="checkbox" name="${it.name}" value="${value}"${attributes({ checked: isOn })}> <span>${it.label}${it.help ? html` <small>${it.help}</small>` : ""}</span></label>`;
}
