import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { moment } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import { FRAME_TEXTS } from "../texts/frame.ts";
import type { Language } from "../texts/languages.ts";
import type { AdvicePart } from "../texts/reasons/words.ts";
import { reasonText } from "../texts/reasons.ts";
import { violationText } from "../texts/violations.ts";
import type { Visit } from "../visits/visit.ts";

/** Says why something was refused, in the reader's language, and what can be done. Nothing without a refusal. */
export function refusalAlert({ language }: Visit, refusal: Refusal | undefined) {
  if (refusal === undefined) return "";
  const t = FRAME_TEXTS(language);
  const { title, advice } = reasonText(language, refusal);
  const seconds = refusal.retryAfterMs === undefined ? undefined : Math.ceil(refusal.retryAfterMs / 1_000);
  const others = refusal.violations.map(
    ({ field, description, rule }) =>
      html`<li><code dir="ltr">${field}</code> ${violationText(language, { rule, description })}</li>`,
  );
  return html`<div class="alert" role="alert" data-reason="${refusal.reason.name}"><p><strong>${title}</strong></p>
${advice.length === 0 ? "" : html`<p>${advice.map((part) => partOf(language, part))}</p>`}
${seconds === undefined ? "" : html`<p>${t.tryAgainIn(seconds)}</p>`}
${others.length === 0 ? "" : html`<ul>${others}</ul>`}</div>`;
}

function partOf(language: Language, part: AdvicePart): Content {
  if (typeof part === "string") return part;
  if ("time" in part) return moment(language, timestampFromDate(new Date(part.time)));
  return html`<a href="${part.href}">${part.name}</a>`;
}
