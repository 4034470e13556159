import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { ago, moment } from "../html/formats.ts";
import { type Html, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { CLOCK_TEXTS } from "./clock-texts.ts";

/** The minutes before its end at which a clock speaks. */
const SPEAKS_AT = [10, 5, 1] as const;

/**
 * How long a lock lasts yet. Scripts count it down by the second and say at 10, 5 and 1 minutes how much is left; without
 * them it is the time as it was when the page was made.
 */
export function lockClock({ language }: Pick<Visit, "language">, { expireTime }: Lock): Html {
  const t = CLOCK_TEXTS(language);
  if (expireTime === undefined) return html``;
  const nowMs = Date.now();
  const iso = new Date(timestampMs(expireTime)).toISOString();
  const says = SPEAKS_AT.map((minutes) => html` data-says-${minutes}="${t.left(minutes)}"`);
  return html`<div class="clock"><time datetime="${iso}" data-lock-clock data-now="${new Date(nowMs).toISOString()}" data-over="${t.over}"${says}>${ago(language, expireTime, nowMs)}</time> <span>${t.until} ${moment(language, expireTime)}</span><p class="unseen" aria-live="polite" data-clock-says></p></div>`;
}
