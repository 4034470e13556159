import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type Content, html } from "../html/html.ts";
import { namesOf } from "../people/names.ts";
import { projectHead } from "../projects/project-tabs.ts";
import { taskPath } from "../tasks/task-address.ts";
import { peopleIn, taskAlert } from "../tasks/why-not.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { type OfferedPerson, personOptions } from "../work/person-options.ts";
import { disagreementsPart } from "./disagreements-part.ts";
import { heldPart } from "./held-part.ts";
import { queuePart } from "./queue-part.ts";
import { peopleOfChecks, readChecks } from "./read-checks.ts";
import { readValidation } from "./read-validation.ts";
import { samplePart } from "./sample-part.ts";
import { VALIDATION_TEXTS } from "./texts.ts";

/** The page on which several tasks of a project are validated. */
export async function showValidation(visit: Visit): Promise<Page> {
  const { params, query, language, refused } = visit;
  const t = VALIDATION_TEXTS(language);
  const projectId = Number(params.project_id);
  const given = refused?.form.text("mapped_by_user_id") ?? query.get("mapped_by_user_id") ?? "";
  const mappedBy = /^[1-9]\d{0,17}$/.test(given) ? BigInt(given) : undefined;
  const [head, validation, checks] = await Promise.all([
    projectHead(visit, projectId),
    readValidation(visit, projectId, mappedBy),
    readChecks(visit, projectId, mappedBy),
  ]);
  const { held, queue } = validation;
  const mappers = queue.mappers.map(({ userId }) => userId);
  const [nameOf, people] = await Promise.all([
    namesOf(visit, [
      mappedBy,
      ...queue.tasks.map((it) => it.mappedByUserId),
      ...held.flatMap((it) => [...it.submissions, ...it.comments, ...it.reports].map(({ userId }) => userId)),
      ...peopleOfChecks(checks),
      ...peopleIn(refused?.refusal.metadata),
    ]),
    personOptions(visit, [mappedBy, ...mappers]),
  ]);
  const mayCheckOwn = head.access.role === ProjectRole.MANAGER;
  const waiting = () =>
    queuePart(visit, { queue, nameOf, mappedBy, people: offered(people, mappers, mappedBy), mayCheckOwn });
  const why =
    refused === undefined ? "" : taskAlert(visit, refused.refusal, nameOf, refusedTask(visit, projectId));
  const body = html`<h1 dir="auto">${head.name}</h1>${head.status}${head.tabs("validation")}
<p class="lead">${t.lead}</p>${why}
${heldPart(visit, projectId, held, nameOf)}
${waiting()}
${samplePart(visit, projectId, checks, { mappedBy, nameOf })}
${disagreementsPart(visit, projectId, checks, nameOf)}`;
  return { title: t.title, body, trail: head.trail, parts: { queue: waiting } };
}

/** The task of several that was refused. */
function refusedTask({ refused, language }: Visit, projectId: number): Content {
  const t = VALIDATION_TEXTS(language);
  const taskId = Number(refused?.refusal.metadata.task_id);
  if (!(taskId > 0)) return "";
  return html`<p><a href="${taskPath({ projectId, taskId })}">${t.task} ${taskId}</a> ${t.allOrNone}</p>`;
}

/** The people to choose from: those whose mapping waits, and the one who is chosen. */
function offered(people: readonly OfferedPerson[], mappers: readonly bigint[], mappedBy: bigint | undefined) {
  const known = new Set([...mappers, mappedBy].map(String));
  return people.filter(([userId]) => known.has(userId));
}
