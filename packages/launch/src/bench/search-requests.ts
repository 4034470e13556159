import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectFacet, ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { type GeneratedProject, generatedProject } from "./projects.ts";

export type SearchRequest = MessageInitShape<typeof ListProjectsRequestSchema>;

/** The projects among which is searched. */
export const PROJECTS = 50_000;
const FACETS = Object.values(ProjectFacet).filter((it) => it !== ProjectFacet.UNSPECIFIED) as ProjectFacet[];
const ORDERS = Object.values(ProjectOrder) as ProjectOrder[];

/** A request that somebody may send who has this project in mind. */
type Ask = (project: GeneratedProject, random: () => number) => SearchRequest;

/** The kinds of searches, and how many of a hundred are of each kind in the mix. */
export const SEARCHES: Record<string, readonly [share: number, ask: Ask]> = {
  "first page": [20, () => ({})],
  "in an order": [
    10,
    (_, random) => ({ orderBy: ORDERS[Math.floor(random() * ORDERS.length)] as ProjectOrder }),
  ],
  "a village": [12, (project) => ({ query: villageOf(project) })],
  "a place": [10, (project) => ({ query: locationOf(project) })],
  "two words": [6, (project) => ({ query: `${locationOf(project)} ${villageOf(project)}` })],
  "in its own script": [
    5,
    (project) => ({ query: project.translations[0]?.shortDescription ?? locationOf(project) }),
  ],
  misspelled: [5, (project, random) => ({ query: misspelled(villageOf(project), random) })],
  "one filter": [10, oneFilter],
  "three filters": [7, (...of) => Object.assign(oneFilter(...of), oneFilter(...of), oneFilter(...of))],
  "a box": [7, ({ west, south, east, north }) => ({ boundingBox: { west, south, east, north } })],
  "facets of a filter": [5, (...of) => ({ ...oneFilter(...of), facets: FACETS, withTotal: true })],
  "facets of all": [1, () => ({ facets: FACETS, withTotal: true })],
  "one's own": [2, () => ({ managedByMe: true })],
};

/** As many of each kind as its share says. */
const MIX = Object.values(SEARCHES).flatMap(([share, ask]) => Array.from({ length: share }, () => ask));

/** A search of any kind, as often as its share says. */
export function mixed(random: () => number): SearchRequest {
  const ask = MIX[Math.floor(random() * MIX.length)] as Ask;
  return ask(some(random), random);
}

/** One of the projects. */
export function some(random: () => number): GeneratedProject {
  return generatedProject(1 + Math.floor(random() * PROJECTS));
}

function oneFilter(project: GeneratedProject, random: () => number): SearchRequest {
  const month = 30 * 86_400;
  const since = BigInt(Math.floor(project.update_time.getTime() / 1_000));
  const filters: SearchRequest[] = [
    { statuses: [project.status as 1 | 2 | 3] },
    { priorities: [project.priority as 1 | 2 | 3 | 4] },
    { difficulties: [project.difficulty as 1 | 2 | 3] },
    { mappingTypes: project.mapping_types.slice(0, 1) as 1[] },
    { organisationIds: [project.organisation_id] },
    { teamIds: [1 + (project.project_id % 400)] },
    { campaigns: project.campaigns },
    { countries: project.countries },
    { interests: project.interests.slice(0, 1) },
    { authorUserId: BigInt(project.author_user_id) },
    { updatedAfterTime: { seconds: since }, updatedBeforeTime: { seconds: since + BigInt(month) } },
  ];
  return filters[Math.floor(random() * filters.length)] ?? {};
}

function villageOf({ name }: GeneratedProject): string {
  return /, (\S+) \d+$/.exec(name)?.[1] ?? name;
}

function locationOf({ name }: GeneratedProject): string {
  return /^(?:.*: )?(.*),/.exec(name)?.[1] ?? name;
}

/** Without one of its letters, but the first. */
function misspelled(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (word.length - 1));
  return word.slice(0, at) + word.slice(at + 1);
}
