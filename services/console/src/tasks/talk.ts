import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Comment } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import { type Submission, SubmissionResultSchema } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { field } from "../forms/field.ts";
import { ago, number } from "../html/formats.ts";
import { type Content, type Html, html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import { enumName } from "../visits/enum-value.ts";
import type { Visit } from "../visits/visit.ts";
import { issueName } from "./issues.ts";
import { actForm, partForm } from "./part-form.ts";
import type { TaskView } from "./read-task.ts";
import { TALK_TEXTS } from "./talk-texts.ts";
import { taskPath } from "./task-address.ts";

/** The number of last remarks on a page that does not show all. */
const SHOWN_MAX = 30;
const COMMENT_MAX = 5_000;

/** Something that was said. */
interface Remark {
  time: Timestamp | undefined;
  html: Html;
}

/** All that was said of a task, in its order, and the form to say more. */
export function talkPart(visit: Visit, view: TaskView): Html {
  const { language, person, refused, query } = visit;
  const t = TALK_TEXTS(language);
  const path = taskPath(view.task);
  const all = remarks(visit, view, { manages: view.now.manages });
  const shown = query.has("all") ? all : all.slice(-SHOWN_MAX);
  const hidden = all.length - shown.length;
  const action = `${path}/comments`;
  const comment = { method: "POST", action, submit: t.send } as const;
  // What was typed into a hand-in that can no longer be made is kept as a comment.
  const isLost =
    refused?.command === `POST ${path}/submissions` &&
    refused.refusal.reason.name !== "LOCK_EXPIRED" &&
    view.now.mine === undefined;
  const value = isLost ? refused.form.text("comment") : undefined;
  const write = { name: "text", label: t.comment, rows: 2, maxLength: COMMENT_MAX, required: true, value };
  return html`<section class="talk"><h2>${t.title}</h2>
${hidden === 0 ? "" : html`<p><a href="${path}?all">${t.earlier(hidden)}</a></p>`}
${all.length === 0 ? html`<p>${t.nothing}</p>` : html`<ol>${shown.map((it) => it.html)}</ol>`}
${person === undefined ? html`<p><a href="/console/sign-in?next=${encodeURIComponent(path)}">${t.signIn}</a></p>` : partForm(visit, comment, field(visit, comment, write))}
</section>`;
}

/** Submissions, comments and reports, the oldest first. With `deletable` comments have forms, so it stands in no other form. */
export function remarks(
  visit: Visit,
  {
    submissions,
    comments,
    reports,
    nameOf,
  }: Pick<TaskView, "submissions" | "comments" | "reports" | "nameOf">,
  deletable?: { manages: boolean },
): Remark[] {
  const { language } = visit;
  const t = TALK_TEXTS(language);
  const nowMs = Date.now();
  const remark = (userId: bigint, verb: Content, time: Timestamp | undefined, text: Content): Remark => ({
    time,
    html: html`<li><p><span class="by">${nameOf(userId, "name")}</span> ${verb} <small>${ago(language, time, nowMs)}</small></p>${text}</li>`,
  });
  const all = [
    ...submissions.map((it) => {
      const verb = t[enumName(SubmissionResultSchema, it.result) as "MAPPED"];
      return remark(it.userId, verb, it.createTime, html`${issues(visit, it)}${written(it.comment)}`);
    }),
    ...comments.map((it) =>
      remark(
        it.userId,
        t.commented,
        it.createTime,
        html`${written(it.text)}${deletable === undefined ? "" : removal(visit, it, deletable.manages)}`,
      ),
    ),
    ...reports.map((it) => {
      const place = `https://www.openstreetmap.org/?mlat=${it.latitude}&mlon=${it.longitude}#map=18/${it.latitude}/${it.longitude}`;
      const where = html`<p><strong dir="auto">${it.category}</strong> <a href="${place}" rel="noopener noreferrer" target="_blank">${t.here}</a>${it.source === undefined ? "" : html` <small dir="auto">${t.through(it.source)}</small>`}</p>`;
      return remark(it.userId, t.reported, it.createTime, html`${where}${written(it.description)}`);
    }),
  ];
  return all.sort((a, b) => msOf(a.time) - msOf(b.time));
}

/** The form that deletes a comment, for its author and for managers. */
function removal(visit: Visit, { projectId, taskId, commentId, userId }: Comment, manages: boolean): Content {
  if (visit.person?.userId !== userId && !manages) return "";
  const action = `${taskPath({ projectId, taskId })}/comments/${commentId}`;
  const about = String(commentId);
  return actForm(visit, { method: "DELETE", action, submit: TALK_TEXTS(visit.language).remove, about });
}

function issues(visit: Visit, { issues: found }: Submission): Content {
  if (found.length === 0) return "";
  const rows = found.map(
    ({ category, count }) =>
      html`<li dir="auto">${issueName(visit, category)}: ${number(visit.language, count)}</li>`,
  );
  return html`<ul class="found">${rows}</ul>`;
}

function written(text: string): Content {
  return text === "" ? "" : markdown(text);
}

function msOf(time: Timestamp | undefined): number {
  return time === undefined ? 0 : timestampMs(time);
}
