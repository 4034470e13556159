import { type Content, html } from "../html/html.ts";
import { FRAME_TEXTS } from "../texts/frame.ts";
import type { FormData } from "../visits/form-data.ts";
import type { Visit } from "../visits/visit.ts";
import { type Command, form } from "./form.ts";

/** A field in the two versions of it: what the reader typed, and what somebody else has saved meanwhile. */
export interface TwoVersions {
  /** As the act names it: "project.name". */
  field: string;
  label: string;
  mine: string;
  theirs: string;
}

const CHOICE = "_take.";

/**
 * The form of a change that was refused because somebody else changed the same thing: both versions beside each other,
 * field by field, of which the reader chooses. `command` has the revision that is there now. What was typed is sent again.
 */
export function bothVersions(visit: Visit, command: Command, versions: readonly TwoVersions[]) {
  const t = FRAME_TEXTS(visit.language).versions;
  const differing = versions.filter(({ mine, theirs }) => mine !== theirs);
  const sent = visit.refused?.form;
  const typed = sent === undefined ? [] : hiddenFields(sent);
  const rows = differing.map(
    ({ field, label, mine, theirs }) =>
      html`<tr><th scope="row">${label}</th>${choice(field, "mine", `${label}: ${t.mine}`, mine, t.empty)}${choice(field, "theirs", `${label}: ${t.theirs}`, theirs, t.empty)}</tr>`,
  );
  const table =
    differing.length === 0
      ? html`<p>${t.same}</p>`
      : html`<p>${t.choose}</p><div class="table versions"><table><caption>${t.caption}</caption><thead><tr><th scope="col">${t.field}</th><th scope="col">${t.mine}</th><th scope="col">${t.theirs}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return form(visit, { ...command, submit: differing.length === 0 ? t.saveAgain : t.save }, typed, table);
}

/** Whether the reader chose their own version of a field, or was not asked. */
export function takesMine(sent: FormData, field: string): boolean {
  return sent.text(`${CHOICE}${field}`) !== "theirs";
}

function choice(field: string, value: string, label: string, text: string, empty: string): Content {
  return html`<td><label class="check"><input type="radio" name="${CHOICE}${field}" value="${value}" required aria-label="${label}"> <span dir="auto"><pre>${text === "" ? empty : text}</pre></span></label></td>`;
}

function hiddenFields(sent: FormData): Content[] {
  const names = sent
    .names()
    .filter(
      (name) => !["_token", "_request_id", "_revision", "_part"].includes(name) && !name.startsWith(CHOICE),
    );
  return names.flatMap((name) =>
    sent.all(name).map((value) => html`<input type="hidden" name="${name}" value="${value}">`),
  );
}
