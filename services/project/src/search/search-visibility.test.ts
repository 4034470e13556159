import { ProjectFacet, ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PersonName } from "../testing/auth.ts";
import { writeProjects } from "../testing/projects.ts";
import { type TestSystem, testSystem } from "../testing/system.ts";

const [DRAFT, PUBLISHED, ARCHIVED] = [1, 2, 3];
let system: TestSystem;

/** Six of each kind: the owner does not matter to any word, tag or box. */
const KINDS = [
  { status: PUBLISHED, is_private: false },
  { status: ARCHIVED, is_private: false },
  { status: DRAFT, is_private: false },
  { status: PUBLISHED, is_private: true },
  { status: ARCHIVED, is_private: true },
  { status: DRAFT, is_private: true },
];
const TIES = ["nobody's", "author", "organisation", "team", "managing team", "allowed"] as const;
const PROJECTS = KINDS.flatMap((kind, row) =>
  TIES.map((tie, column) => ({
    ...kind,
    tie,
    project_id: 1 + row * TIES.length + column,
    name: `Zanzibar ${kind.status === DRAFT ? "draftword" : ""} ${kind.is_private ? "privateword" : ""}`,
    campaigns: [kind.is_private ? "private campaign" : "campaign"],
    countries: ["TZ"],
    organisation_id: tie === "organisation" ? 2 : 1,
    author_user_id: tie === "author" ? 3 : 1,
  })),
);

beforeAll(async () => {
  system = await testSystem();
  // The author, the manager of the organisation, the member of both teams, the one who is allowed: one person each.
  system.auth.belongs("intermediate", { organisations: [2] });
  system.auth.belongs("advanced", { teams: [7, 8] });
  await writeProjects(system.database, PROJECTS);
  const { sql } = system.database;
  for (const { tie, project_id: id } of PROJECTS) {
    if (tie === "team") await sql`insert into project_teams values (${id}, 7, 2)`;
    if (tie === "managing team") await sql`insert into project_teams values (${id}, 8, 4)`;
    if (tie === "allowed") await sql`insert into project_users values (${id}, 3)`;
  }
});
afterAll(() => system.stop());

type Row = (typeof PROJECTS)[number];
const isOpen = ({ status, is_private }: Row) => status !== DRAFT && !is_private;
const SEES: [who: PersonName | "nobody", sees: (row: Row) => boolean][] = [
  ["nobody", isOpen],
  ["administrator", () => true],
  ["beginner", (it) => isOpen(it) || it.tie === "author" || (it.tie === "allowed" && it.status !== DRAFT)],
  ["intermediate", (it) => isOpen(it) || it.tie === "organisation"],
  [
    "advanced",
    (it) => isOpen(it) || it.tie === "managing team" || (it.tie === "team" && it.status !== DRAFT),
  ],
];

const SEARCHES = {
  everything: {},
  "a text": { query: "zanzibar" },
  "a text spelled nearly so": { query: "zamzibar" },
  "a country's name": { query: "tanzania" },
  "a country": { countries: ["TZ"] },
  "a box": { boundingBox: { west: 9, south: 19, east: 11, north: 21 } },
  "all statuses": { statuses: [1, 2, 3] as const },
  "another order": { orderBy: ProjectOrder.NAME },
  "by progress": { orderBy: ProjectOrder.PROGRESS, descending: false },
};

describe.each(SEES)("%s", (who, sees) => {
  const call = () => (who === "nobody" ? {} : system.as(who));
  const expected = PROJECTS.filter(sees);

  test.each(Object.entries(SEARCHES))("finds and counts what may be seen, by %s", async (_, search) => {
    const facets = [ProjectFacet.STATUS, ProjectFacet.CAMPAIGN];
    const request = {
      ...search,
      statuses: "statuses" in search ? [...search.statuses] : [],
      pageSize: 100,
    };
    const answer = await system.client.listProjects({ ...request, facets, withTotal: true }, call());
    const ids = answer.projects.map((it) => it.projectId).sort((one, other) => one - other);
    expect(ids).toEqual(expected.map((it) => it.project_id));
    expect(answer.total?.projectCount).toBe(expected.length);
    const [byStatus, byCampaign] = answer.facets.map(({ counts }) =>
      counts.reduce((all, { projectCount }) => all + projectCount, 0),
    );
    expect([byStatus, byCampaign]).toEqual([expected.length, expected.length]);
  });

  test.each(["draftword", "privateword"])("finds %s where it may be seen, and nothing else", async (text) => {
    const { projects } = await system.client.listProjects({ query: text, pageSize: 100 }, call());
    const those = expected.filter(({ name }) => name.includes(text)).map((it) => it.project_id);
    expect(projects.map((it) => it.projectId).sort((one, other) => one - other)).toEqual(those);
  });

  test("sees no campaign that only hidden projects have", async () => {
    const { facets } = await system.client.listProjects({ facets: [ProjectFacet.CAMPAIGN] }, call());
    const values = facets[0]?.counts.map(({ value }) => value) ?? [];
    expect(values.includes("private campaign")).toBe(expected.some((it) => it.is_private));
  });
});

test("the answer about a word of hidden projects is the answer about a word that no project has", async () => {
  const [hidden, none] = await Promise.all(
    ["privateword", "pryvatewird"].map((text) =>
      system.client.listProjects({ query: text, withTotal: true }),
    ),
  );
  expect(hidden).toEqual(none);
});
