import type { MessageInitShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ListProjectsRequestSchema as RequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { pageToken } from "@tessera/rpc/page-token.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectColumns, writeProjects } from "../testing/projects.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

type Request = MessageInitShape<typeof ListProjectsRequestSchema>;

const OLD = 60;
const PAGE = 9;
const { RELEVANCE, CREATE_TIME, UPDATE_TIME, PRIORITY, DUE_TIME, NAME, PROGRESS } = ProjectOrder;
const ORDERS = [RELEVANCE, CREATE_TIME, UPDATE_TIME, PRIORITY, DUE_TIME, NAME, PROGRESS];
let system: TestSystem;
let next = OLD;

/** The `at`th of projects that are often alike in what they are sorted by; times to the microsecond are the database's. */
const projectAt = (at: number): Partial<ProjectColumns> & { project_id: number } => ({
  project_id: at,
  name: ["Kathmandu", "kathmandu roads", "Ärea of Kathmandu", "東京 Kathmandu", "Pokhara"][at % 5] as string,
  short_description: at % 2 === 0 ? "Kathmandu roads" : "",
  priority: 1 + (at % 4),
  update_time: new Date(Date.UTC(2024, 0, 1, 0, 0, at % 11)),
  due_time: at % 3 === 0 ? null : new Date(Date.UTC(2025, 0, 1 + (at % 4))),
});

beforeAll(async () => {
  system = await testSystem();
  await writeProjects(
    system.database,
    Array.from({ length: OLD }, (_, at) => projectAt(at + 1)),
  );
  await system.database.sql`
    update project_search set progress = (project_id % 5) * 2500 - 1,
      update_time = update_time + project_id % 3 * interval '1 microsecond'`;
});
afterAll(() => system.stop());

/** Reads all pages; `between` happens between any two of them. */
async function pagesOf(request: Request, between = async () => {}): Promise<Project[]> {
  const all: Project[] = [];
  let token = "";
  for (let pages = 0; pages < 100; pages++) {
    const page = await system.client.listProjects({ pageSize: PAGE, ...request, pageToken: token });
    all.push(...page.projects);
    token = page.nextPageToken;
    if (token === "") return all;
    expect(page.projects).toHaveLength(PAGE);
    await between();
  }
  throw new Error("there is no last page");
}

const orders = ORDERS.flatMap((orderBy) => [
  { orderBy, descending: false },
  { orderBy, descending: true },
]);

describe.each(orders)("in order $orderBy, descending $descending,", (order) => {
  test.each(["", "kathmandu", "kathmandi"])(
    "a project that exists all the time is on one page, whatever else is created: %j",
    async (query) => {
      const there = (await pagesOf({ ...order, query })).map((it) => it.projectId);
      expect(there.length).toBeGreaterThanOrEqual(48);
      const seen = await pagesOf({ ...order, query }, () =>
        writeProjects(
          system.database,
          Array.from({ length: 5 }, () => projectAt(++next)),
        ),
      );
      const ids = seen.map((it) => it.projectId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining(there));
      await system.database.sql`delete from projects where project_id > ${OLD}`;
    },
  );

  test("the other direction is the other way around", async () => {
    const [one, other] = [await pagesOf(order), await pagesOf({ ...order, descending: !order.descending })];
    expect(other.map((it) => it.projectId)).toEqual(one.map((it) => it.projectId).toReversed());
  });
});

describe("a list is sorted", () => {
  const least = 2 ** 31;
  const keys: [ProjectOrder, (project: Project) => number][] = [
    [CREATE_TIME, ({ projectId }) => -projectId],
    [UPDATE_TIME, ({ updateTime }) => -(updateTime === undefined ? 0 : timestampMs(updateTime))],
    [PRIORITY, ({ priority, projectId }) => -(priority * least + projectId)],
    [DUE_TIME, ({ dueTime }) => (dueTime === undefined ? Number.MAX_VALUE : timestampMs(dueTime))],
  ];
  test.each(keys)("by %i", async (orderBy, key) => {
    const found = (await pagesOf({ orderBy })).map(key);
    expect(found).toHaveLength(OLD);
    expect(found).toEqual(found.toSorted((one, other) => one - other));
  });

  test("by name without regard to case and accents", async () => {
    const names = (await pagesOf({ orderBy: NAME })).map(({ name }) => name);
    expect([...new Set(names)]).toEqual([
      "Ärea of Kathmandu",
      "Kathmandu",
      "kathmandu roads",
      "Pokhara",
      "東京 Kathmandu",
    ]);
  });

  test("by relevance where there is a text, and the newest first where there is none", async () => {
    const relevant = await pagesOf({ query: "Kathmandu roads" });
    expect(relevant[0]).toMatchObject({ name: "kathmandu roads" });
    expect(relevant.length).toBeLessThan(OLD);
    for (const orderBy of [ProjectOrder.UNSPECIFIED, RELEVANCE]) {
      const [first] = await pagesOf({ orderBy });
      expect(first?.projectId).toBe(OLD);
    }
  });
});

describe("a page token", () => {
  test("is of its filters and its order, and of no other", async () => {
    const { nextPageToken } = await system.client.listProjects({ pageSize: 2, query: "roads" });
    for (const other of [
      { query: "road" },
      {},
      { query: "roads", orderBy: NAME },
      { query: "roads", createdByMe: true },
    ]) {
      const refused = await refusalOf(system.client.listProjects({ ...other, pageToken: nextPageToken }));
      expect(refused.reason).toBe("PAGE_TOKEN_INVALID");
    }
  });

  test("is valid with another page size, and whatever is counted beside it", async () => {
    const { nextPageToken } = await system.client.listProjects({ pageSize: 2, facets: [1], withTotal: true });
    const { projects } = await system.client.listProjects({ pageSize: 3, pageToken: nextPageToken });
    expect(projects.map((it) => it.projectId)).toEqual([OLD - 2, OLD - 3, OLD - 4]);
  });

  test.each(
    ORDERS.flatMap((orderBy) =>
      [
        "",
        "x",
        "=1:",
        "=1:x",
        "=0:1",
        "=9999999999:1",
        "=1:1.5",
        "=1:99999999999999999",
        "~1:1:1",
        "=1:\0",
      ].map((last) => [orderBy, last] as const),
    ),
  )(
    "for order %i that ends with %j, made by somebody who knows how, breaks nothing",
    async (orderBy, last) => {
      const request = create(RequestSchema, { orderBy });
      const made = { ...request, pageToken: pageToken(RequestSchema, request, last) };
      const answer = system.client.listProjects(made).then(
        () => "OK",
        async (error) => (await refusalOf(Promise.reject(error))).reason,
      );
      expect(orderBy === NAME ? ["OK", "PAGE_TOKEN_INVALID"] : ["PAGE_TOKEN_INVALID"]).toContain(
        await answer,
      );
    },
  );

  test("that says a number no list has leads nowhere else", async () => {
    for (const orderBy of ORDERS) {
      for (const last of ["=1:-9999999999999999", "~2147483647:9999999999999999"]) {
        const request = create(RequestSchema, { orderBy });
        const made = { ...request, pageToken: pageToken(RequestSchema, request, last) };
        expect((await system.client.listProjects(made)).projects.length).toBeLessThanOrEqual(20);
      }
    }
  });
});
