import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Assignment } from "@tessera/contracts/tessera/task/v1/assignment_pb.ts";
import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Visit } from "../visits/visit.ts";
import { MY_WORK_TEXTS } from "./my-work-texts.ts";

/** The most projects of each kind in which reservations are sought: the contract lists them project by project. */
const PROJECTS_MAX = 20;
const RESERVED_MAX = 100;

/** What a person holds and what is reserved for them. */
export interface MyWork {
  locks: readonly Lock[];
  assignments: readonly Assignment[];
  projectName(projectId: number): string;
}

/** Reads what the person holds, and what is reserved for them in the projects that they work in or marked. */
export async function readMyWork(visit: Visit, userId: bigint): Promise<MyWork> {
  const { ask, language, readerLanguages } = visit;
  const t = MY_WORK_TEXTS(language);
  const page = { pageSize: PROJECTS_MAX, languages: [...readerLanguages] };
  const [{ locks }, mapped, favourite] = await Promise.all([
    ask(LockService.method.listHeldLocks, {}),
    ask(ProjectService.method.listProjects, { ...page, mappedByMe: true }),
    ask(ProjectService.method.listProjects, { ...page, favourite: true }),
  ]);
  const names = new Map([...mapped.projects, ...favourite.projects].map((it) => [it.projectId, it.name]));
  const unnamed = [...new Set(locks.map((it) => it.projectId))].filter((it) => !names.has(it));
  const more = await Promise.all(unnamed.slice(0, PROJECTS_MAX).map((it) => nameIn(visit, it)));
  for (const [projectId, name] of more) names.set(projectId, name ?? t.project(projectId));
  const lists = await Promise.all(
    [...names.keys()].map((projectId) =>
      ask(AssignmentService.method.listAssignments, { projectId, userId, pageSize: RESERVED_MAX }),
    ),
  );
  return {
    locks,
    assignments: lists.flatMap((it) => it.assignments),
    projectName: (projectId) => names.get(projectId) ?? t.project(projectId),
  };
}

async function nameIn({ ask, readerLanguages }: Visit, projectId: number) {
  const languages = [...readerLanguages];
  const { project } = await ask(ProjectService.method.getProject, { projectId, languages });
  return [projectId, project?.name] as const;
}
