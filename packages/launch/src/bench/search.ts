import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ListProjectsRequestSchema,
  ProjectService,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectFacet, ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { signIn } from "./ground.ts";
import { measure } from "./load.ts";
import { benchPool } from "./pool.ts";
import { drawn, type GeneratedProject, generatedProject, writeProjects } from "./projects.ts";
import { line, type Setting, WARM_UP_MS } from "./report.ts";
import { wire } from "./wire.ts";

type Request = MessageInitShape<typeof ListProjectsRequestSchema>;

const PROJECTS = 50_000;
/** Concurrent readers: one, and enough to keep two cores busy. */
const CALLERS = [1, 4, 16];
const FACETS = Object.values(ProjectFacet).filter((it) => it !== ProjectFacet.UNSPECIFIED) as ProjectFacet[];
const ORDERS = Object.values(ProjectOrder) as ProjectOrder[];

/** A request that somebody may send who has this project in mind. */
type Ask = (project: GeneratedProject, random: () => number) => Request;

/** The kinds of searches, and how many of a hundred are of each kind in the mix. */
const KINDS: Record<string, readonly [share: number, ask: Ask]> = {
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

/** The search among 50,000 projects, by kind and in a mix, through gRPC. */
export async function benchSearch({ system, forMs }: Setting): Promise<void> {
  const sql = benchPool(system.databaseUrl("project"));
  await writeProjects(sql, PROJECTS);
  await sql.end({ timeout: 5 });
  const token = await signIn(system, "mapper-1");
  const client = wire(system.addresses.project, Math.max(...CALLERS));
  const work = (of: (random: () => number) => Request) => {
    const random = drawn(1);
    return async () => {
      await client.call(ProjectService.method.listProjects, token, of(random));
      return 1;
    };
  };
  console.log(
    `\nsearch among ${PROJECTS} projects, gRPC: searches a second (p50, p99 in ms; CPU of the service)`,
  );
  const pids = [system.pid("project")];
  let mixed = 0;
  for (const workers of CALLERS) {
    const options = { workers, warmUpMs: WARM_UP_MS, forMs, pids };
    const measured = await measure(work(mix), options);
    mixed ||= measured.perSecond;
    console.log(line(`mix, ${workers} callers`, measured, mixed));
  }
  for (const [name, [, ask]] of Object.entries(KINDS)) {
    const options = { workers: 1, warmUpMs: WARM_UP_MS / 4, forMs: forMs / 3, pids };
    const measured = await measure(
      work((random) => ask(some(random), random)),
      options,
    );
    console.log(line(`${name}, 1 caller`, measured, mixed));
  }
  client.close();
}

/** As many of each kind as its share says. */
const MIX = Object.values(KINDS).flatMap(([share, ask]) => Array.from({ length: share }, () => ask));

function mix(random: () => number): Request {
  const ask = MIX[Math.floor(random() * MIX.length)] as Ask;
  return ask(some(random), random);
}

function some(random: () => number): GeneratedProject {
  return generatedProject(1 + Math.floor(random() * PROJECTS));
}

function oneFilter(project: GeneratedProject, random: () => number): Request {
  const month = 30 * 86_400;
  const since = BigInt(Math.floor(project.update_time.getTime() / 1_000));
  const filters: Request[] = [
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
