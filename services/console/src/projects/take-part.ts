import { MappingLevelSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Decision } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { form } from "../forms/form.ts";
import { type Content, html } from "../html/html.ts";
import { licenceForm } from "../licences/licence-form.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Visit } from "../visits/visit.ts";
import { OVERVIEW_TEXTS } from "./overview-texts.ts";
import type { ProjectHead } from "./project-tabs.ts";
import { WORDS, word } from "./words.ts";

/** The ways to work in a project, and for each that is closed to the reader why, with what can be done about it. */
export function takePart(visit: Visit, { projectId, access }: ProjectHead, licence: Licence | undefined) {
  const t = OVERVIEW_TEXTS(visit.language);
  const { mapping, validation } = access;
  const claim = (purpose: string, submit: string) =>
    form(
      visit,
      {
        method: "POST",
        action: `/v1/projects/${projectId}/claims`,
        submit,
        more: html` data-purpose="${purpose}"`,
      },
      html`<input type="hidden" name="purpose" value="LOCK_PURPOSE_${purpose}"><input type="hidden" name="order" value="CLAIM_ORDER_RANDOM">`,
    );
  const isSame = mapping?.reason !== undefined && mapping.reason === validation?.reason;
  const refusal = (title: string, decision: Decision | undefined) =>
    decision === undefined || decision.permitted
      ? ""
      : html`<div class="why"><h3>${title}</h3>${why(visit, projectId, decision)}</div>`;
  const licenceToAccept =
    licence !== undefined &&
    [mapping, validation].some((it) => it?.reason === Reason.LICENCE_NOT_ACCEPTED) &&
    licenceForm(visit, licence, `/v1/projects/${projectId}`);
  return html`<section class="part" aria-labelledby="part"><h2 id="part">${t.work}</h2>
<div class="claims">${mapping?.permitted ? claim("MAPPING", t.mapTask) : ""}${validation?.permitted ? claim("VALIDATION", t.validateTask) : ""}</div>
${mapping?.permitted && !access.claimOnly ? html`<p class="help">${t.mapHelp} <a href="/v1/projects/${projectId}/tasks">${t.chooseTask}</a></p>` : ""}
${refusal(t.cannotMap, mapping)}${isSame ? "" : refusal(t.cannotValidate, validation)}${licenceToAccept}</section>`;
}

/** Why something is not permitted, and what can be done. */
function why(visit: Visit, projectId: number, { reason, metadata }: Decision): Content {
  const t = OVERVIEW_TEXTS(visit.language);
  if (reason === Reason.LEVEL_TOO_LOW) {
    const words = WORDS(visit.language).level;
    const level = (name = "") => word(words, enumValue(MappingLevelSchema, `MAPPING_LEVEL_${name}`)) || name;
    return html`<p>${t.levelTooLow(level(metadata.level), level(metadata.required_level))}</p>`;
  }
  const name = ReasonSchema.value[reason ?? 0]?.name.replace(/^REASON_/, "") ?? "";
  const text = (t.reasons as Readonly<Record<string, string>>)[name] ?? t.refusedFor(name);
  if (reason === Reason.SIGN_IN_REQUIRED)
    return html`<p>${text}</p><p><a class="button" href="/console/sign-in?next=${encodeURIComponent(`/v1/projects/${projectId}`)}">${t.signInToMap}</a></p>`;
  if (reason === Reason.NOT_IN_TEAM) return html`<p>${text} <a href="/v1/teams">${t.openTeams}</a></p>`;
  return html`<p>${text}</p>`;
}
