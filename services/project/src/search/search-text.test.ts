import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeProjects } from "../testing/projects.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

type Request = MessageInitShape<typeof ListProjectsRequestSchema>;
let system: TestSystem;

const NE = (name: string, shortDescription = "") => [{ language: "ne", name, shortDescription }];
const PROJECTS = [
  { project_id: 1, name: "Kathmandu valley: buildings", translations: NE("काठमाडौं उपत्यका", "भवनहरू") },
  { project_id: 2, name: "Buildings", short_description: "Houses around Kathmandu after the earthquake" },
  { project_id: 3, name: "Roads of Pokhara", campaigns: ["Kathmandu and beyond"], countries: ["NP"] },
  { project_id: 4, name: "Kathmandu" },
  { project_id: 5, name: "Харків: дороги", countries: ["UA"] },
  { project_id: 6, name: "الخَرْطُوم بحري", short_description: "مباني المدينة", countries: ["SD"] },
  { project_id: 7, name: "東京都港区の建物", countries: ["JP"] },
  { project_id: 8, name: "São Tomé, água e saneamento", interests: ["health"], hashtags: ["#mm-água"] },
  { project_id: 9, name: "İstanbul Straße ŁÓDŹ", countries: ["TR"] },
  { project_id: 10, name: "เชียงราย น้ำท่วม", countries: ["TH"] },
  { project_id: 11, name: "서울특별시 도로", countries: ["KR"] },
  { project_id: 12, name: "Escuintla west", countries: ["GT"] },
  { project_id: 4242, name: "Manila Bay" },
  { project_id: 14, name: "Secret Zanzibar", status: 1 },
  { project_id: 15, name: "Hidden Kathmandu", is_private: true },
];

beforeAll(async () => {
  system = await testSystem();
  await writeProjects(system.database, PROJECTS);
});
afterAll(() => system.stop());

const search = (request: Request) => system.client.listProjects(request);
const found = async (text: string) => (await search({ query: text })).projects.map((it) => it.projectId);

describe("a text finds", () => {
  test.each([
    // Whole name, name, tag, short description.
    ["Kathmandu", [4, 1, 3, 2]],
    ["kathmandu BUILDINGS", [1, 2]],
    ["Kathmandu,  valley!", [1]],
    ["kathm", [4, 1, 3, 2]],
    ["ka", []],
    ["काठमाडौं", [1]],
    ["काठ", [1]],
    ["उपत्यका", [1]],
    ["भवनहरू", [1]],
    ["Харків", [5]],
    ["харк дорог", [5]],
    ["الخرطوم", [6]],
    ["الخَرْطوم", [6]],
    ["المدينه", [6]],
    ["東京", [7]],
    ["港区", [7]],
    ["港", [7]],
    ["区", [7]],
    ["建物 東京都", [7]],
    ["sao tome agua", [8]],
    ["ÁGUA", [8]],
    ["health", [8]],
    ["mm agua", [8]],
    ["istanbul strasse lodz", [9]],
    ["เชียงราย", [10]],
    ["น้ำท่วม", [10]],
    ["서울특별시", [11]],
    ["4242", [4242]],
    ["#4242 manila", [4242]],
  ])("%s: %j", async (text, expected) => {
    expect(await found(text)).toEqual(expected);
  });

  test.each([
    ["Nepal", [3]],
    ["नेपाल", [3]],
    ["Непал", [3]],
    ["尼泊尔", [3]],
    ["نيبال", [3]],
    ["nepal roads", [3]],
    ["Guatemala", [12]],
    ["guate", [12]],
    ["Ukraine", [5]],
    ["Украина", [5]],
    ["Sudan", [6]],
    ["السودان", [6]],
    ["日本", [7]],
    ["Japón", [7]],
  ])("by the name of a country, %s: %j", async (text, expected) => {
    expect(await found(text)).toEqual(expected);
  });

  test.each([
    ["Katmandu", 4],
    ["Kathmnadu", 4],
    ["Escuitla", 12],
    ["Escuintlla wests", 12],
    ["Pokhra", 3],
    ["Manlia", 4242],
    ["Харкив", 5],
    ["Харькiв", 5],
    ["الخرطم", 6],
    ["काठमाडो", 1],
    ["東京都湊区", 7],
    ["Guatemla", 12],
    ["Ukrane", 5],
    ["istambul", 9],
  ])("what is spelled nearly as %s: project %i first", async (text, expected) => {
    const { projects, near } = await search({ query: text });
    expect([projects[0]?.projectId, near]).toEqual([expected, true]);
  });

  test.each(["Zamzibar", "Zanzibar", "Secret", "Hidden", "xyzzy", "kat"])(
    "nothing that is not there, or not for everybody to see: %s",
    async (text) => {
      expect((await found(text)).filter((it) => it >= 14 && it < 4242)).toEqual([]);
    },
  );
});

test("what is spelled as it is wanted comes before what is spelled nearly so", async () => {
  await writeProjects(system.database, [{ project_id: 20, name: "Kathmandi roads" }]);
  const { projects } = await search({ query: "kathmandi" });
  expect(projects.map((it) => it.projectId)).toEqual([20, 4, 1, 3, 2]);
});

test("where enough have the words as they are, nothing else is looked for", async () => {
  const many = Array.from({ length: 25 }, (_, at) => ({ project_id: 100 + at, name: `Maseru ${at}` }));
  await writeProjects(system.database, [...many, { project_id: 200, name: "Masaru" }]);
  const exact = await search({ query: "Maseru", pageSize: 3, withTotal: true });
  expect([exact.near, exact.total?.projectCount]).toEqual([false, 25]);
  const near = await search({ query: "Masaru", pageSize: 3, withTotal: true });
  expect([near.near, near.total?.projectCount, near.projects[0]?.projectId]).toEqual([true, 26, 200]);
});

test("a project is found by what it is called now", async () => {
  const projectId = await system.project(2, { name: "Timbuktu" });
  expect(await found("timbuktu")).toEqual([projectId]);
  await system.set(projectId, {
    name: "Gao",
    translations: [{ language: "fr", name: "Tombouctou", shortDescription: "Le fleuve" }] as never,
  });
  expect(await found("timbuktu sahara")).toEqual([]);
  expect(await found("gao")).toEqual([projectId]);
  expect(await found("tombouctou fleuve")).toEqual([projectId]);
});

test("those who write the same new words at once are in nobody's way", async () => {
  const words = Array.from({ length: 12 }, (_, at) => `zub${"abcdefghijkl"[at]}word`);
  const names = Array.from({ length: 16 }, (_, index) => [
    ...words.slice(index % 12),
    ...words.slice(0, index % 12),
  ]);
  await Promise.all(
    names.map((name, at) => writeProjects(system.database, [{ project_id: 300 + at, name: name.join(" ") }])),
  );
  expect((await search({ query: "zubaword zublword", withTotal: true })).total?.projectCount).toBe(16);
});

describe("a text that means harm is only a text", () => {
  test.each([
    "%",
    "_",
    "\\",
    "'",
    "\"'); drop table projects; --",
    "a & b | !c <-> d",
    "kathmandu:*A",
    "!kathmandu",
    "((((",
    "')::tsquery",
    "$1",
    "🏥🚑",
    "…¡¿!?،؟。、",
    "\u200b\u200f\ufeff",
    "\0",
    "kathmandu\0pokhara",
    "e\u0301".repeat(100),
    "\u0301".repeat(400),
    "a ".repeat(250),
    "東".repeat(500),
    "𝔎𝔞𝔱𝔥𝔪𝔞𝔫𝔡𝔲",
    "ａｂｃ",
    "-1",
    "999999999999999999999",
    "\u{10ffff}",
    "ﷺ".repeat(27),
    "ﷺ".repeat(500),
    "x".repeat(500),
    "\t\n\r\v",
  ])("%j", async (text) => {
    const { projects } = await search({ query: text, facets: [1, 7], withTotal: true });
    expect(projects.length).toBeLessThanOrEqual(20);
  });

  test("a text of 10,000 characters is malformed", async () => {
    expect((await refusalOf(search({ query: "k".repeat(10_000) }))).reason).toBe("FIELD_INVALID");
  });

  test("blanks are no text, and what has no words finds nothing", async () => {
    const all = (await search({ withTotal: true })).total?.projectCount;
    expect((await search({ query: " \t ", withTotal: true })).total?.projectCount).toBe(all);
    expect((await search({ query: "!?", withTotal: true })).total?.projectCount).toBe(0);
  });

  test("letters of another font are the same letters", async () => {
    expect(await found("𝔎𝔞𝔱𝔥𝔪𝔞𝔫𝔡𝔲 𝔳𝔞𝔩𝔩𝔢𝔶")).toEqual([1]);
  });
});

test("a whole word comes before a begun one, in a name, in a text and as a country", async () => {
  await writeProjects(system.database, [
    { project_id: 61, name: "Rivers of the Sahel", countries: ["NE"] },
    { project_id: 62, name: "Bridges", short_description: "Crossings of the Niger" },
    { project_id: 63, name: "Nigeria: rivers" },
    { project_id: 64, name: "Schools", countries: ["NG"] },
  ]);
  const mine = (await found("Niger")).filter((it) => it >= 61 && it <= 64);
  expect(mine).toEqual([62, 61, 63, 64]);
  expect(await found("niger rivers")).toEqual([61, 63]);
  expect((await found("Nigeria")).slice(0, 2)).toEqual([63, 64]);
});
