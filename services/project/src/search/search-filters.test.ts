import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectFacet, ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WORK_RULES, writeWork } from "../testing/project-work.ts";
import { type ProjectColumns, writeProjects } from "../testing/projects.ts";
import { type TestSystem, testSystem } from "../testing/system.ts";

type Request = MessageInitShape<typeof ListProjectsRequestSchema>;
type Row = ProjectColumns;

const PROJECTS = 300;
const RUNS = 150;
/** The reader: marked, worked in and leads some projects. */
const ME = 3;
const CAMPAIGNS = ["Flood", "Ébola", "50% off", "a\\b"];
const COUNTRIES = ["NP", "GT", "UA", "JP"];
const INTERESTS = ["health", "water", "gender"];
const MY_TEAM = 7;
const DAY = (day: number) => new Date(Date.UTC(2024, 0, 1 + day));

let system: TestSystem;
let rows: Row[];
const teams = new Map<number, number>();
const favourites = new Set<number>();
const worked = new Set<number>();

const some = <T>(of: readonly T[]) => fc.subarray([...of]);
const column = (value: string) => value.split(" ");
const generated: fc.Arbitrary<Row> = fc.record({
  project_id: fc.constant(0),
  name: fc.constantFrom(...column("Kathmandu Pokhara Харків 東京 Escuintla kathmandu ÉCOLE")),
  short_description: fc.constant(""),
  translations: fc.constant([]),
  status: fc.constantFrom(2, 3),
  priority: fc.integer({ min: 1, max: 4 }),
  difficulty: fc.integer({ min: 1, max: 3 }),
  mapping_types: some([1, 2, 3, 4, 5]),
  campaigns: some(CAMPAIGNS),
  interests: some(INTERESTS),
  hashtags: fc.constant([]),
  countries: some(COUNTRIES),
  organisation_id: fc.integer({ min: 0, max: 4 }),
  author_user_id: fc.constantFrom(1, 3, 4),
  is_private: fc.constant(false),
  west: fc.integer({ min: -5, max: 5 }),
  south: fc.integer({ min: -5, max: 5 }),
  east: fc.integer({ min: 5, max: 9 }),
  north: fc.integer({ min: 5, max: 9 }),
  create_time: fc.integer({ min: 0, max: 9 }).map(DAY),
  update_time: fc.integer({ min: 5, max: 15 }).map(DAY),
  due_time: fc.option(fc.integer({ min: 0, max: 3 }).map(DAY)),
});

beforeAll(async () => {
  system = await testSystem();
  system.auth.belongs("beginner", { organisations: [2], teams: [MY_TEAM] });
  rows = fc
    .sample(generated, { numRuns: PROJECTS, seed: 5 })
    .map((row, at) => ({ ...row, project_id: at + 1, east: Math.max(row.west, row.east - 8) }));
  await writeProjects(system.database, rows);
  for (const { project_id: id } of rows) {
    if (id % 3 === 0) teams.set(id, 7 + (id % 2));
    if (id % 4 === 0) favourites.add(id);
    if (id % 5 === 0) worked.add(id);
  }
  const { sql } = system.database;
  const managers = (id: number) => (id % 9 === 0 ? 4 : 2);
  for (const [id, team] of teams)
    await sql`insert into project_teams values (${id}, ${team}, ${managers(id)})`;
  for (const id of favourites)
    await sql`insert into favourites values (${ME}, ${id}, now()), (9, ${id}, now())`;
  for (const id of worked) await sql`insert into project_contributors values (${ME}, ${id}, now())`;
  await sql`insert into project_contributors select 9, project_id, now() from projects`;
  await sql`update projects set is_featured = project_id % 6 = 0`;
  await sql`update projects set source = 'tm.example', external_id = project_id::text where project_id % 10 = 0`;
  await writeWork(system.database, rows);
});

afterAll(() => system.stop());

const isManagedByMe = (row: Row) =>
  row.author_user_id === ME ||
  row.organisation_id === 2 ||
  (teams.get(row.project_id) === MY_TEAM && row.project_id % 9 === 0);

/** Every filter as a plain rule: what the list is held against. */
const RULES: { [K in keyof Request]?: (row: Row, value: NonNullable<Request[K]>) => boolean } = {
  statuses: (row, values) => values.includes(row.status as never),
  priorities: (row, values) => values.includes(row.priority as never),
  difficulties: (row, values) => values.includes(row.difficulty as never),
  mappingTypes: (row, values) => row.mapping_types.some((it) => values.includes(it as never)),
  organisationIds: (row, values) => values.includes(row.organisation_id),
  teamIds: (row, values) => {
    const team = teams.get(row.project_id) ?? 0;
    return values.includes(team) && (team === MY_TEAM || isManagedByMe(row));
  },
  campaigns: (row, values) => row.campaigns.some((it) => values.includes(it)),
  countries: (row, values) => row.countries.some((it) => values.includes(it)),
  interests: (row, values) => row.interests.some((it) => values.includes(it)),
  afterTime: (row, { seconds }) => BigInt(row.create_time.getTime()) >= (seconds ?? 0n) * 1_000n,
  beforeTime: (row, { seconds }) => BigInt(row.create_time.getTime()) < (seconds ?? 0n) * 1_000n,
  updatedAfterTime: (row, { seconds }) => BigInt(row.update_time.getTime()) >= (seconds ?? 0n) * 1_000n,
  updatedBeforeTime: (row, { seconds }) => BigInt(row.update_time.getTime()) < (seconds ?? 0n) * 1_000n,
  authorUserId: (row, value) => BigInt(row.author_user_id) === value,
  createdByMe: (row) => row.author_user_id === ME,
  mappedByMe: (row) => worked.has(row.project_id),
  favourite: (row) => favourites.has(row.project_id),
  managedByMe: (row) => isManagedByMe(row),
  featured: (row, value) => (row.project_id % 6 === 0) === value,
  ...WORK_RULES,
  source: ({ project_id: id }, value) => id % 10 === 0 && value === "tm.example",
  boundingBox: (row, { west = 0, south = 0, east = 0, north = 0 }) =>
    row.west <= east && row.east >= west && row.south <= north && row.north >= south,
};

const oneOrMore = <T>(of: readonly T[]) => fc.subarray([...of], { minLength: 1 });
const time = fc.integer({ min: 0, max: 16 }).map((day) => timestampFromDate(DAY(day)));
const side = fc.integer({ min: -7, max: 11 });
const FILTERS: Record<string, fc.Arbitrary<unknown>> = {
  statuses: oneOrMore([1, 2, 3] as const),
  priorities: oneOrMore([1, 2, 3, 4] as const),
  difficulties: oneOrMore([1, 2, 3] as const),
  mappingTypes: oneOrMore([1, 2, 3, 4, 5] as const),
  organisationIds: oneOrMore([1, 2, 3, 4, 99]),
  teamIds: oneOrMore([7, 8, 99]),
  campaigns: oneOrMore([...CAMPAIGNS, "flood", "%"]),
  countries: oneOrMore([...COUNTRIES, "XX"]),
  interests: oneOrMore([...INTERESTS, "x"]),
  afterTime: time,
  beforeTime: time,
  updatedAfterTime: time,
  updatedBeforeTime: time,
  authorUserId: fc.constantFrom(1n, 3n, 4n, 5n),
  createdByMe: fc.constant(true),
  mappedByMe: fc.constant(true),
  favourite: fc.constant(true),
  managedByMe: fc.constant(true),
  featured: fc.boolean(),
  toMap: fc.constant(true),
  toValidate: fc.constant(true),
  activeAfterTime: time,
  mappedPercentFrom: fc.constantFrom(0, 12.5, 50, 100),
  mappedPercentTo: fc.constantFrom(0, 12.5, 50, 100),
  validatedPercentFrom: fc.constantFrom(0, 12.5, 50, 100),
  validatedPercentTo: fc.constantFrom(0, 12.5, 50, 100),
  source: fc.constantFrom("tm.example", "other.example"),
  boundingBox: fc
    .tuple(side, side, fc.constantFrom(0, 1, 2, 3, 40), fc.nat(3))
    .map(([west, south, wide, high]) => ({ west, south, east: west + wide, north: south + high })),
};
const NAMES = Object.keys(RULES) as (keyof typeof RULES)[];

const expected = (request: Request): number[] =>
  rows
    .filter((row) =>
      NAMES.every((name) => request[name] === undefined || RULES[name]?.(row, request[name] as never)),
    )
    .map((row) => row.project_id);

/** All pages of a list, and that each project is on one of them only. */
async function listed(request: Request): Promise<number[]> {
  const ids: number[] = [];
  let pageToken = "";
  do {
    const page = await system.client.listProjects(
      { ...request, pageSize: 100, pageToken },
      system.as("beginner"),
    );
    ids.push(...page.projects.map((it) => it.projectId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(new Set(ids).size).toBe(ids.length);
  return ids.sort((one, other) => one - other);
}

test.each(NAMES)("%s alone finds what its rule says", async (name) => {
  for (const value of fc.sample(FILTERS[name] as fc.Arbitrary<unknown>, { numRuns: 6, seed: 7 })) {
    const request = { [name]: value } as Request;
    expect(await listed(request), JSON.stringify(request, text)).toEqual(expected(request));
  }
});

const requests = fc
  .subarray(NAMES, { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, FILTERS[name] as fc.Arbitrary<unknown>]))),
  ) as fc.Arbitrary<Request>;
const orders = fc.constantFrom(...(Object.values(ProjectOrder) as ProjectOrder[]));

test("several together find what all their rules say, in any order", async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      requests,
      orders,
      fc.option(fc.boolean(), { nil: undefined }),
      async (request, orderBy, descending) => {
        const ids = await listed({
          ...request,
          orderBy,
          ...(descending === undefined ? {} : { descending }),
        });
        found += ids.length;
        expect(ids).toEqual(expected(request));
      },
    ),
    { numRuns: RUNS },
  );
  expect(found).toBeGreaterThan(RUNS);
});

const FACETS = Object.values(ProjectFacet).filter((it) => it !== 0) as ProjectFacet[];
/** What a facet's value says as a filter. */
const AS_FILTER: Record<number, (value: string) => Request> = {
  [ProjectFacet.STATUS]: (value) => ({ statuses: [numberOf(value)] as never }),
  [ProjectFacet.PRIORITY]: (value) => ({ priorities: [numberOf(value)] as never }),
  [ProjectFacet.DIFFICULTY]: (value) => ({ difficulties: [numberOf(value)] as never }),
  [ProjectFacet.MAPPING_TYPE]: (value) => ({ mappingTypes: [numberOf(value)] as never }),
  [ProjectFacet.ORGANISATION]: (value) => ({ organisationIds: [Number(value)] }),
  [ProjectFacet.COUNTRY]: (value) => ({ countries: [value] }),
  [ProjectFacet.CAMPAIGN]: (value) => ({ campaigns: [value] }),
};
const ORDERED = column(
  "DRAFT PUBLISHED ARCHIVED LOW MEDIUM HIGH URGENT EASY MODERATE CHALLENGING ROADS BUILDINGS WATERWAYS LAND_USE OTHER",
);
const FIRST_OF = [0, 3, 7, 10];
function numberOf(value: string): number {
  const at = ORDERED.findIndex((it) => value.endsWith(`_${it}`));
  return at - Math.max(...FIRST_OF.filter((first) => first <= at)) + 1;
}

test("facets and the total are what lists with those values have", async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.shuffledSubarray(FACETS, { minLength: 1 }), async (request, facets) => {
      const answer = await system.client.listProjects(
        { ...request, facets, withTotal: true, pageSize: 1 },
        system.as("beginner"),
      );
      const all = expected(request);
      expect(answer.total).toMatchObject({ projectCount: all.length, hasMore: false });
      expect(answer.facets.map(({ facet }) => facet)).toEqual(facets);
      for (const { facet, counts } of answer.facets) {
        for (const { value, projectCount } of counts) {
          const those = expected((AS_FILTER[facet] as (value: string) => Request)(value));
          expect(projectCount, `${facet} ${value}`).toBe(all.filter((it) => those.includes(it)).length);
        }
        const counted = counts.map((it) => it.projectCount);
        expect(counted).toEqual(counted.toSorted((one, other) => other - one));
      }
    }),
    { numRuns: 60 },
  );
});

test("every value that is there is in its facet", async () => {
  const { facets } = await system.client.listProjects({ facets: FACETS });
  const values = (facet: ProjectFacet) =>
    facets.find((it) => it.facet === facet)?.counts.map((it) => it.value);
  expect(values(ProjectFacet.COUNTRY)?.sort()).toEqual(COUNTRIES.toSorted());
  expect(values(ProjectFacet.CAMPAIGN)?.sort()).toEqual(CAMPAIGNS.toSorted());
  expect(values(ProjectFacet.ORGANISATION)?.sort()).toEqual(["1", "2", "3", "4"]);
  expect(values(ProjectFacet.MAPPING_TYPE)).toHaveLength(5);
  expect(values(ProjectFacet.STATUS)?.sort()).toEqual([
    "PROJECT_STATUS_ARCHIVED",
    "PROJECT_STATUS_PUBLISHED",
  ]);
});

test.each(["createdByMe", "mappedByMe", "favourite", "managedByMe"])(
  "%s finds nothing for somebody who did not sign in",
  async (name) => {
    expect((await system.client.listProjects({ [name]: true, withTotal: true })).total?.projectCount).toBe(0);
  },
);

function text(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

test("a project is found by its id in the tool that it came from, which needs the name of the tool", async () => {
  expect(await listed({ source: "tm.example", externalId: "40" })).toEqual([40]);
  expect(await listed({ source: "other.example", externalId: "40" })).toEqual([]);
  await expect(listed({ externalId: "40" })).rejects.toThrow();
});
