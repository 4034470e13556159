import type { Refusal } from "@tessera/rpc/refusal.ts";
import { html } from "../html/html.ts";
import { FRAME_TEXTS } from "../texts/frame.ts";
import { reasonText } from "../texts/reasons.ts";
import type { Visit } from "../visits/visit.ts";

/** Says why something was refused, in the reader's language, and what can be done. Nothing without a refusal. */
export function refusalAlert({ language }: Visit, refusal: Refusal | undefined) {
  if (refusal === undefined) return "";
  const t = FRAME_TEXTS(language);
  const { title, advice } = reasonText(language, refusal);
  const seconds = refusal.retryAfterMs === undefined ? undefined : Math.ceil(refusal.retryAfterMs / 1_000);
  const others = refusal.violations.map(
    ({ field, description }) => html`<li><code>${field}</code> ${description}</li>`,
  );
  return html`<div class="alert" role="alert" data-reason="${refusal.reason.name}"><p><strong>${title}</strong></p>
${advice === "" ? "" : html`<p>${advice}</p>`}
${seconds === undefined ? "" : html`<p>${t.tryAgainIn(seconds)}</p>`}
${others.length === 0 ? "" : html`<ul>${others}</ul>`}</div>`;
}
