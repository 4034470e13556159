import { Code, ConnectError } from "@connectrpc/connect";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { httpStatusOf } from "@tessera/rpc/refusal-wire.ts";
import { refusalAlert } from "../forms/refusal-alert.ts";
import { html } from "../html/html.ts";
import { FRAME_TEXTS } from "../texts/frame.ts";
import type { Page } from "../visits/page.ts";
import { PageFault } from "../visits/page-fault.ts";
import type { Visit } from "../visits/visit.ts";

const AWAY = [Code.Unavailable, Code.DeadlineExceeded, Code.ResourceExhausted];

/** Whether somebody must sign in first. */
export function needsSignIn(error: unknown): boolean {
  return error instanceof Refusal && error.reason.httpStatus === 401;
}

/** The page of a request that failed. */
export function failurePage(visit: Visit, error: unknown): Page {
  const t = FRAME_TEXTS(visit.language);
  const page = (title: string, body: Page["body"], status: number): Page => ({
    title,
    body: html`<h1>${title}</h1>${body}`,
    status,
  });
  if (error instanceof PageFault)
    return page(t.refused, html`<p>${t.faults[error.status]}</p>`, error.status);
  if (error instanceof Refusal) {
    const { httpStatus } = error.reason;
    const more = httpStatus === 404 ? html`<p>${t.notFoundMore}</p>` : "";
    const title = httpStatus === 404 ? t.notFound : httpStatus === 403 ? t.notAllowed : t.refused;
    return page(title, html`${refusalAlert(visit, error)}${more}`, httpStatus);
  }
  if (error instanceof ConnectError && AWAY.includes(error.code))
    return page(t.away, html`<p>${t.awayMore}</p>`, httpStatusOf(error.code));
  return page(t.broken, html`<p>${t.brokenMore}</p>`, 500);
}
