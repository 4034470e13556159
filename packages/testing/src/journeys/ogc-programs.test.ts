import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Features, type OgcGround, ogcGround, read } from "../ground/ogc-ground.ts";
import { type TestSystem, testSystem } from "../system.ts";
import { ACCEPTED, type Fact, GDAL, QGIS } from "./ogc-programs.table.ts";

let system: TestSystem;
let ground: OgcGround;
let holder: string;

beforeAll(async () => {
  system = await testSystem();
  ground = await ogcGround(system);
  const { json } = await read(ground, `/collections/project-${ground.land}-tasks/items/3`);
  holder = json.properties["lock.holder_user_id"];
});
afterAll(() => system.stop());

/** Asks for what a program asked for, in its order. Returns the ids of the features of its last reading. */
async function replay({ requests }: Fact): Promise<number[]> {
  let found: number[] = [];
  let next = "";
  for (const [accepted, written] of requests) {
    const isNext = written.endsWith("page_token=*");
    const path = written.replace("HOLDER", holder).replace("project-1-", `project-${ground.land}-`);
    const url = isNext ? next : `${system.url}${path}`;
    if (isNext) expect(next.startsWith(`${system.url}${path.slice(0, -1)}`)).toBe(true);
    const { status, headers, json } = await read(ground, url, { accept: ACCEPTED[accepted] });
    expect([url, status]).toEqual([url, 200]);
    // A program takes only what it asked for by name.
    expect(ACCEPTED[accepted].split(", ")).toContain(headers.get("content-type"));
    if (accepted !== "features") continue;
    const { features = [json], links } = json as Features;
    const ids = features.map(({ id }) => id);
    found = isNext ? [...found, ...ids] : ids;
    next = links.find(({ rel }) => rel === "next")?.href ?? "";
  }
  return found;
}

describe.each([
  ["GDAL 3.6.2", GDAL],
  ["QGIS 3.22.16", QGIS],
])("%s", (_, facts) => {
  test.each(facts)("$action: $command", async (fact) => {
    const found = await replay(fact);
    if ("ids" in fact.said) expect(found).toEqual(fact.said.ids);
    else expect(found.length).toBe(fact.said.count);
  });
});
