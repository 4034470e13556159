import { type ProjectStatus, ProjectStatusSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { takesMine } from "../../forms/both-versions.ts";
import { ownPath } from "../../session/same-origin.ts";
import { enumValue } from "../../visits/enum-value.ts";
import type { Done } from "../../visits/page.ts";
import { PageFault } from "../../visits/page-fault.ts";
import type { Visit } from "../../visits/visit.ts";
import { GROUPS, groupNamed } from "./groups.ts";
import { nameOf, type ProjectChange } from "./setting.ts";

/** What a form changes: the fields, and their new values. */
interface Change {
  paths: string[];
  project: ProjectChange;
}

/** Changes a group of settings, or the status, of the project that the reader has seen. */
export async function updateProject(visit: Visit): Promise<Done> {
  const { ask, form, params } = visit;
  const see = ownPath(form.text("_next"));
  const { paths, project } = await changeOf(visit);
  if (paths.length > 0)
    await ask(ProjectService.method.updateProject, {
      requestId: form.text("_request_id"),
      project: { ...project, projectId: Number(params.project_id) } as ProjectChange,
      updateMask: { paths },
      expectedRevision: form.bigint("_revision") ?? 0n,
    });
  return { see, notice: "settingsSaved" };
}

async function changeOf(visit: Visit): Promise<Change> {
  const { form } = visit;
  const part = form.text("_part");
  if (part === "status") {
    const status = enumValue<ProjectStatus>(ProjectStatusSchema, form.text("project.status"));
    return { paths: ["status"], project: { status } };
  }
  if (part === "priority-areas") return { paths: ["priority_areas"], project: {} };
  const group = groupNamed(part);
  if (group === undefined) throw new PageFault(400);
  const chosen = GROUPS[group].filter((it) => takesMine(form, nameOf(it.field)));
  const changes = await Promise.all(chosen.map((it) => it.read(form, visit)));
  return { paths: chosen.map(({ field }) => field), project: Object.assign({}, ...changes) };
}
