import { MappingLevel, type User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import {
  type Project,
  ProjectDifficulty,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectFacet, ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Visit } from "../visits/visit.ts";

/** How many projects a section shows, and how many are read to choose them from. */
const SHOWN_MAX = 6;
const READ_MAX = 30;
/** The most projects that one call returns. */
const BATCH_MAX = 100;
const WHOLE_PERCENT = 100;
const URGENT = "PROJECT_PRIORITY_URGENT";

/** What the first page shows. */
export interface HomeContent {
  /** Projects open for work, for the map. */
  open: Project[];
  needed: Project[];
  figures: { open: number; countries: number; urgent: number };
  /** Of the reader; empty for a visitor. */
  mine: Project[];
  held: { lock: Lock; project: Project | undefined }[];
  recommended: Project[];
  level: MappingLevel;
}

/** Reads all of the first page: two rounds of calls, however much there is. */
export async function readHome(visit: Visit): Promise<HomeContent> {
  const [open, own] = await Promise.all([readOpen(visit), readOwn(visit)]);
  const needed = mostNeeded(open.projects);
  const figures = figuresOf(open);
  if (own === undefined)
    return {
      open: open.projects,
      needed,
      figures,
      mine: [],
      held: [],
      recommended: [],
      level: MappingLevel.UNSPECIFIED,
    };
  const { user, mine, locks } = own;
  const level = user?.mappingLevel ?? MappingLevel.BEGINNER;
  const [suited, projectOf] = await Promise.all([
    readSuited(visit, level),
    readHeldProjects(visit, locks, [...mine, ...open.projects]),
  ]);
  const known = new Set([...needed, ...mine].map((it) => it.projectId));
  const recommended = suited.filter((it) => hasWorkLeft(it) && !known.has(it.projectId)).slice(0, SHOWN_MAX);
  const held = locks.map((lock) => ({ lock, project: projectOf.get(lock.projectId) }));
  return { open: open.projects, needed, figures, mine: mine.slice(0, SHOWN_MAX), held, recommended, level };
}

/** The difficulties that suit a mapping level. */
export function difficultiesFor(level: MappingLevel): ProjectDifficulty[] {
  if (level === MappingLevel.ADVANCED) return [ProjectDifficulty.CHALLENGING, ProjectDifficulty.MODERATE];
  if (level === MappingLevel.INTERMEDIATE) return [ProjectDifficulty.MODERATE, ProjectDifficulty.EASY];
  return [ProjectDifficulty.EASY];
}

/** Of projects in the order of their priority: the featured ones first, without those that are finished. */
export function mostNeeded(projects: readonly Project[]): Project[] {
  const unfinished = projects.filter(hasWorkLeft);
  const featured = unfinished.filter((it) => it.featured);
  return [...featured, ...unfinished.filter((it) => !it.featured)].slice(0, SHOWN_MAX);
}

/** Whether there is something to map or to validate. A project whose tasks are not known yet has none. */
export function hasWorkLeft({ progress }: Project): boolean {
  return progress !== undefined && progress.taskCount > 0 && progress.validatedPercent < WHOLE_PERCENT;
}

function readOpen({ ask, readerLanguages }: Visit) {
  return ask(ProjectService.method.listProjects, {
    statuses: [ProjectStatus.PUBLISHED],
    orderBy: ProjectOrder.PRIORITY,
    pageSize: READ_MAX,
    languages: [...readerLanguages],
    facets: [ProjectFacet.COUNTRY, ProjectFacet.PRIORITY],
    withTotal: true,
  });
}

function figuresOf({ total, facets }: Awaited<ReturnType<typeof readOpen>>): HomeContent["figures"] {
  const countsOf = (facet: ProjectFacet) => facets.find((it) => it.facet === facet)?.counts ?? [];
  return {
    open: total?.projectCount ?? 0,
    countries: countsOf(ProjectFacet.COUNTRY).length,
    urgent: countsOf(ProjectFacet.PRIORITY).find(({ value }) => value === URGENT)?.projectCount ?? 0,
  };
}

async function readOwn(
  visit: Visit,
): Promise<{ user: User | undefined; mine: Project[]; locks: Lock[] } | undefined> {
  const { ask, person, readerLanguages } = visit;
  if (person === undefined) return undefined;
  const [{ user }, { projects }, { locks }] = await Promise.all([
    ask(UserService.method.getUser, { userId: person.userId }),
    ask(ProjectService.method.listProjects, {
      mappedByMe: true,
      orderBy: ProjectOrder.UPDATE_TIME,
      pageSize: READ_MAX,
      languages: [...readerLanguages],
    }),
    ask(LockService.method.listHeldLocks, {}),
  ]);
  return { user, mine: lastActiveFirst(projects), locks };
}

function lastActiveFirst(projects: readonly Project[]): Project[] {
  const secondsOf = ({ progress }: Project) => Number(progress?.lastActivityTime?.seconds ?? 0n);
  return projects.toSorted((a, b) => secondsOf(b) - secondsOf(a));
}

async function readSuited({ ask, readerLanguages }: Visit, level: MappingLevel): Promise<Project[]> {
  const { projects } = await ask(ProjectService.method.listProjects, {
    statuses: [ProjectStatus.PUBLISHED],
    difficulties: difficultiesFor(level),
    orderBy: ProjectOrder.PRIORITY,
    pageSize: READ_MAX,
    languages: [...readerLanguages],
  });
  return projects;
}

/** The projects of the tasks that the reader holds: those that were read already, and the others in one call. */
async function readHeldProjects({ ask }: Visit, locks: readonly Lock[], known: readonly Project[]) {
  const projectOf = new Map(known.map((it) => [it.projectId, it]));
  const projectIds = [...new Set(locks.map((it) => it.projectId))].filter((it) => !projectOf.has(it));
  if (projectIds.length > 0) {
    const { projects } = await ask(ProjectService.method.batchGetProjects, {
      projectIds: projectIds.slice(0, BATCH_MAX),
    });
    for (const project of projects) projectOf.set(project.projectId, project);
  }
  return projectOf;
}
