import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { form } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { namesOf } from "../people/names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { TASK_TEXTS } from "./texts.ts";

/** One task, and what its reader can do with it. */
export async function showTask(visit: Visit): Promise<Page> {
  const { ask, params, language } = visit;
  const t = TASK_TEXTS(language);
  const [projectId, taskId] = [Number(params.project_id), Number(params.task_id)];
  const { task } = await ask(TaskService.method.getTask, { projectId, taskId });
  const path = `/v1/projects/${projectId}/tasks/${taskId}`;
  const lock = task?.lock;
  const nameOf = await namesOf(visit, [lock?.holderUserId]);
  const take = { method: "PUT", action: `${path}/lock`, submit: t.map } as const;
  const work = () => html`<section id="work">
${lock === undefined ? form(visit, take, html`<input type="hidden" name="purpose" value="LOCK_PURPOSE_MAPPING">`) : html`<p>${t.heldBy} ${nameOf(lock.holderUserId)}, ${t.until} ${moment(language, lock.expireTime)}</p>`}
</section>`;
  const body = html`<h1>${t.task(taskId)}</h1>${work()}`;
  return { title: t.task(taskId), body, parts: { work } };
}
