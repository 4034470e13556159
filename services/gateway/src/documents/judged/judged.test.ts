import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gpxText } from "../gpx.ts";
import { osmText } from "../osm-xml.ts";
import { JUDGED } from "./areas.ts";

/**
 * What other programs said of these files, in `verdicts.json` with their versions. To ask them again: `ogrinfo -ro -al -q
 * judged.gpx`, `OSM_USE_CUSTOM_INDEXING=NO ogrinfo -ro -al -q judged.osm`, `gpsbabel -i gpx -f judged.gpx -o geojson -F -`,
 * `josm validate -i judged.osm`, `xmllint --noout --schema gpx.xsd judged.gpx`.
 */
const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const verdicts = JSON.parse(read("verdicts.json")) as Record<string, Verdict>;

interface Verdict {
  version: string;
  said: string[];
}

describe("what is written now is what the judges were given:", () => {
  test.each([
    ["judged.gpx", gpxText],
    ["judged.osm", osmText],
  ])("%s", (name, write) => {
    expect(write(JUDGED)).toBe(read(name));
  });
});

const ringsOf = (coordinates: readonly number[]) =>
  Array.from({ length: coordinates.length / 10 }, (_, ring) =>
    Array.from({ length: 5 }, (_, at) =>
      coordinates.slice(10 * ring + 2 * at, 10 * ring + 2 * at + 2).join(" "),
    ).join(),
  );

test("GDAL reads each area of the OSM XML as it is, with its hole and on both sides of 180°", () => {
  const said = verdicts["gdal-osm"]?.said.join("\n").replaceAll("180.0 ", "180 ") ?? "";
  for (const { title, area } of JUDGED) {
    expect(said).toContain(title);
    for (const ring of ringsOf(area?.coordinates ?? [])) expect(said).toContain(`(${ring})`);
  }
});

test("GDAL and gpsbabel read the texts of the GPX as they were written", () => {
  for (const judge of ["gdal-gpx", "gpsbabel"]) {
    const said = verdicts[judge]?.said.join("\n").replaceAll('\\"', '"');
    for (const { title } of JUDGED) expect(said).toContain(title);
  }
});

test("JOSM's validator finds no error, and the schema of GPX none either", () => {
  expect(verdicts.josm?.said.filter((it) => it.startsWith("Errors"))).toEqual([]);
  expect(verdicts.xmllint?.said).toEqual(["judged.gpx validates"]);
});
