import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { type LockPurpose, LockPurposeSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import {
  type ClaimOrder,
  ClaimOrderSchema,
  LockService,
} from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { form as formOf } from "../forms/form.ts";
import { html } from "../html/html.ts";
import { licenceForm } from "../licences/licence-form.ts";
import { namesOf } from "../people/names.ts";
import { projectHead } from "../projects/project-tabs.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done, Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { CLAIM_TEXTS } from "./claim-texts.ts";
import { taskPath } from "./task-address.ts";
import { peopleIn, taskAlert } from "./why-not.ts";

/** Lets the server choose a task for the person, and locks it. The fields are those of ClaimTask. */
export async function claimTask({ ask, form, params }: Visit): Promise<Done> {
  const projectId = Number(params.project_id);
  const [longitude, latitude] = [form.number("longitude"), form.number("latitude")];
  const { taskId } = await ask(LockService.method.claimTask, {
    requestId: form.text("_request_id"),
    projectId,
    purpose: enumValue<LockPurpose>(LockPurposeSchema, form.text("purpose")),
    order: enumValue<ClaimOrder>(ClaimOrderSchema, form.text("order")),
    ...(longitude !== undefined && { longitude }),
    ...(latitude !== undefined && { latitude }),
  });
  return { see: taskPath({ projectId, taskId }), notice: "taskTaken" };
}

/** Says why no task could be chosen, with what can be done. */
export async function showUnclaimed(visit: Visit): Promise<Page | Done> {
  const { params, refused, language } = visit;
  const t = CLAIM_TEXTS(language);
  const projectId = Number(params.project_id);
  const head = await projectHead(visit, projectId);
  if (refused === undefined) return { see: `/v1/projects/${projectId}/tasks` };
  const { refusal, form } = refused;
  const nameOf = await namesOf(visit, peopleIn(refusal.metadata));
  const action = `/v1/projects/${projectId}/claims`;
  const fields = ["purpose", "order", "longitude", "latitude"].flatMap((name) =>
    form.has(name) ? [html`<input type="hidden" name="${name}" value="${form.text(name)}">`] : [],
  );
  const again = { method: "POST", action, submit: t.again } as const;
  const licenceId = Number(refusal.metadata.licence_id);
  const { licence } =
    refusal.reason.name === "LICENCE_NOT_ACCEPTED" && licenceId > 0
      ? await visit.ask(LicenceService.method.getLicence, { licenceId })
      : {};
  const body = html`<h1 dir="auto">${head.name}</h1>${head.tabs("tasks")}
${taskAlert(visit, refusal, nameOf)}
${licence === undefined ? "" : licenceForm(visit, licence, `/v1/projects/${projectId}`)}
<div class="acts">${refusal.reason.retryable ? formOf({ ...visit, refused: undefined }, again, fields) : ""}<a class="button" href="/v1/projects/${projectId}/tasks">${t.tasks}</a></div>`;
  return { title: t.title, body, trail: head.trail };
}
