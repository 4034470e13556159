import { create } from "@bufbuild/protobuf";
import { TaskSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { expect, test } from "vitest";
import { FormData } from "../visits/form-data.ts";
import type { Visit } from "../visits/visit.ts";
import { areaDrawing, drawnArea } from "./area-drawing.ts";
import { areaPicture } from "./area-picture.ts";
import { outlineOf } from "./outline.ts";
import { projectsPicture } from "./projects-picture.ts";
import { taskPlace } from "./task-place.ts";

const visit = { language: "en", deps: {} } as Visit;
const AREA = { coordinates: [10, 10, 10.5, 10, 10.5, 10.5, 10, 10.5, 10, 10], ringLengths: [5] };

test("an area is drawn with its size in words, and faults are numbered at their places", () => {
  const label = "<script>alert(1)</script>";
  const plain = String(areaPicture(visit, AREA));
  expect(plain).toContain(
    'aria-label="The area, 54.8 km from west to east and 55.7 km from north to south."',
  );
  expect(plain).not.toContain("fault-list");
  const faulty = String(areaPicture(visit, AREA, [{ longitude: 10.25, latitude: 10.25, label }]));
  expect(faulty).toContain("1 fault is marked.");
  expect(faulty).toMatch(/<circle cx="395" cy="400" r="11"\/><text [^>]*>1<\/text>/);
  expect(faulty).toContain("<b>Fault 1</b>: &lt;script&gt;");
  expect(String(areaPicture(visit, { coordinates: [], ringLengths: [] }))).toBe("");
});

test("an area far inside a country is drawn, and so is one with a border", () => {
  const geneva = { coordinates: [6, 46, 6.3, 46, 6.3, 46.3, 6, 46.3, 6, 46], ringLengths: [5] };
  expect(String(areaPicture(visit, geneva))).toMatch(/class="borders" d="m[^"]+"/);
});

test("projects are marks on a world map that lead to them", () => {
  const project = (projectId: number, name: string) => ({
    projectId,
    name,
    centroid: { $typeName: "tessera.geo.v1.Point", longitude: 0, latitude: 0 } as const,
  });
  const text = String(projectsPicture(visit, [project(7, 'A "b"'), project(8, "C")]));
  expect(text).toContain('<a href="/v1/projects/7" tabindex="-1" aria-label="A &quot;b&quot;">');
  expect(text).toContain('role="group" aria-label="World map with 2 projects"');
  expect(text.length).toBeLessThan(60_000);
  // No line crosses the whole map, as one over 180° of longitude would; the straight north of Greenland is the longest.
  for (const [name, longest] of [
    ["borders", 100],
    ["land", 120],
  ] as const) {
    const data = new RegExp(`class="${name}" d="([^"]+)"`).exec(text)?.[1] ?? "";
    const steps = [...data.matchAll(/[hl](-?\d+)/g)].map(([, right]) => Math.abs(Number(right)));
    expect(steps.length).toBeGreaterThan(500);
    expect(Math.max(...steps)).toBeLessThan(longest);
  }
});

test("a task without an area has no picture", async () => {
  expect(String(await taskPlace(visit, create(TaskSchema, { projectId: 1, taskId: 1 })))).toBe("");
});

test("an area that was drawn or typed is GeoJSON, a rectangle as well, and nothing is no area", () => {
  const form = (fields: Record<string, string>) =>
    new FormData(new Map(Object.entries(fields).map(([name, value]) => [name, [value]])));
  const rectangle = { west: "36,8", south: "-1.4", east: "37", north: "-1" };
  expect(JSON.parse(drawnArea(form(rectangle)) ?? "")).toEqual({
    type: "Polygon",
    coordinates: [
      [
        [36.8, -1.4],
        [37, -1.4],
        [37, -1],
        [36.8, -1],
        [36.8, -1.4],
      ],
    ],
  });
  expect(drawnArea(form({ ...rectangle, area: "{}" }))).toBe("{}");
  expect(drawnArea(form({ ...rectangle, north: "" }))).toBeUndefined();
  const fields = String(areaDrawing({ ...visit, refused: undefined, form: form(rectangle) } as Visit));
  expect(fields).toContain('name="west" inputmode="decimal" value="36,8"');
  expect(fields).toContain("<details open>");
  const crossed = JSON.stringify({
    type: "Polygon",
    coordinates: [
      [
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ],
    ],
  });
  const faults = [{ longitude: 0.5, latitude: 0.5, label: "crosses itself" }];
  const refused = { ...visit, refused: undefined, form: form({ area: crossed }) } as Visit;
  const again = String(areaDrawing(refused, { faults }));
  // The outline and the fault are there without scripts, and with them the map begins at them.
  expect(again).toMatch(/class="area-shape"[^>]* d="m\d+/);
  expect(again.match(/<circle/g)).toHaveLength(1);
  expect(again).toMatch(/data-bounds="-0\.\d+,-0\.\d+,1\.\d+,1\.\d+" data-faults=/);
  expect(outlineOf('{"type":"Polygon","coordinates":[[[0,"x"],[999,0]]]}')).toBeUndefined();
});
