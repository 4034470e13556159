import { type Submission, SubmissionResultSchema } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { filled } from "../html/filled.ts";
import { ago } from "../html/formats.ts";
import { type Content, type Html, html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import type { NameOf } from "../people/names.ts";
import { stateMark } from "../tasks/state.ts";
import { taskPath } from "../tasks/task-address.ts";
import { enumName } from "../visits/enum-value.ts";
import type { Visit } from "../visits/visit.ts";
import { CHECK_TEXTS } from "./check-texts.ts";
import type { Checks } from "./read-checks.ts";

/** Where two validators judged the same mapping differently, with both verdicts. */
export function disagreementsPart(
  { language }: Visit,
  projectId: number,
  { disagreements, hasMoreDisagreements }: Checks,
  nameOf: NameOf,
): Html {
  const t = CHECK_TEXTS(language);
  const nowMs = Date.now();
  const verdictOf = (it: Submission | undefined): Content => {
    if (it === undefined) return "";
    const result = t[enumName(SubmissionResultSchema, it.result) as "VALIDATED"];
    const words = it.comment === "" ? "" : markdown(it.comment);
    const verdict = filled(t.verdict, { who: nameOf(it.userId), result: html`<strong>${result}</strong>` });
    return html`${verdict} <small>${ago(language, it.createTime, nowMs)}</small>${words}`;
  };
  const rows = disagreements.map(
    ({ taskId, state, first, second }) =>
      html`<tr><th scope="row"><a href="${taskPath({ projectId, taskId })}">${taskId}</a></th><td>${stateMark(language, state)}</td><td>${verdictOf(first)}</td><td>${verdictOf(second)}</td></tr>`,
  );
  const all = html`<p><a href="/v1/projects/${projectId}/disagreements">${t.allOf}</a></p>`;
  const table = html`<p class="help">${t.differHelp}</p><div class="table"><table><thead><tr><th scope="col">${t.task}</th><th scope="col">${t.stateNow}</th><th scope="col">${t.before}</th><th scope="col">${t.after}</th></tr></thead><tbody>${rows}</tbody></table></div>${hasMoreDisagreements ? all : ""}`;
  return html`<section id="disagreements"><h2>${t.differ}</h2>${rows.length === 0 ? html`<p>${t.agreed}</p>` : table}</section>`;
}
