import { randomUUID } from "node:crypto";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { polygon } from "../area-files/testing/areas.ts";
import { refusalOf, square, type TestSystem, testSystem } from "../testing/system.ts";
import { upload } from "../testing/upload.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const administrator = () => system.as("administrator");
const FAULTY = polygon(
  [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ],
  [
    [5, 5],
    [5.1, 5],
    [5.1, 5.1],
  ],
);
const SOUND = polygon([
  [34, -1],
  [34.3, -1],
  [34.3, -0.8],
  [34, -1],
]);

test("a project's area changes with all its measures, and its history records it", async () => {
  const projectId = await system.project(ProjectStatus.PUBLISHED);
  const { project: before } = await system.client.getProject({ projectId }, administrator());
  expect(before).toMatchObject({ countries: ["NE"], revision: 2n });
  const request = { requestId: randomUUID(), projectId, area: square(0.2, 34, -1), expectedRevision: 2n };
  const { acknowledgement } = await system.areas.setArea(request, administrator());
  expect(acknowledgement).toMatchObject({ name: `projects/${projectId}`, revision: 3n, replayed: false });
  const { project } = await system.client.getProject({ projectId }, administrator());
  expect(project).toMatchObject({
    area: square(0.2, 34, -1),
    boundingBox: { west: 34, south: -1, east: 34.2, north: -0.8 },
    countries: ["KE"],
    revision: 3n,
    updateTime: acknowledgement?.commitTime,
  });
  expect(project?.centroid?.longitude).toBeCloseTo(34.1, 9);
  expect(project?.areaSquareKilometres).not.toBe(before?.areaSquareKilometres);
  const { sql } = system.database;
  const [event] = await sql`
    select kind, fields, revision from project_events where project_id = ${projectId} order by revision desc limit 1`;
  expect(event).toMatchObject({ kind: ProjectEventKind.AREA_CHANGED, fields: ["area"], revision: 3n });
  const again = await system.areas.setArea(request, administrator());
  expect(again.acknowledgement).toEqual({ ...acknowledgement, replayed: true });
});

test("of ten who change the area of one revision one does", async () => {
  const projectId = await system.project(ProjectStatus.DRAFT);
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      const area = square(0.1 + i / 100);
      const call = system.areas.setArea(
        { requestId: randomUUID(), projectId, area, expectedRevision: 1n },
        administrator(),
      );
      return call.then(
        () => "OK",
        async () => (await refusalOf(call)).reason,
      );
    }),
  );
  expect(outcomes.filter((it) => it === "OK")).toHaveLength(1);
  expect(outcomes.filter((it) => it === "PROJECT_CHANGED")).toHaveLength(9);
});

test("a project is created from an upload, and its area can be changed to another", async () => {
  const { areaUploadId } = await upload(system.areas, SOUND, administrator());
  const { acknowledgement } = await system.client.createProject(
    { requestId: randomUUID(), project: { name: "Migori" }, areaUploadId },
    administrator(),
  );
  const projectId = Number(acknowledgement?.name.split("/")[1]);
  const { project } = await system.client.getProject({ projectId }, administrator());
  const { areaUpload } = await system.areas.getAreaUpload({ areaUploadId }, administrator());
  expect(project?.area).toEqual(areaUpload?.area);
  expect(project).toMatchObject({
    areaSquareKilometres: areaUpload?.areaSquareKilometres,
    boundingBox: areaUpload?.boundingBox,
    centroid: areaUpload?.centroid,
    countries: areaUpload?.countries,
  });
  const change = { projectId, areaUploadId, expectedRevision: 1n };
  const changed = await system.areas.setArea({ requestId: randomUUID(), ...change }, administrator());
  expect(changed.acknowledgement?.revision).toBe(2n);
});

test("a project cannot be made of a faulty upload: all its faults are reported with their points", async () => {
  const { areaUploadId } = await upload(
    system.areas,
    JSON.stringify({
      type: "MultiPolygon",
      coordinates: JSON.parse(FAULTY).coordinates.map((ring: unknown) => [ring]),
    }),
    administrator(),
  );
  const request = { requestId: randomUUID(), project: { name: "Migori" }, areaUploadId };
  const { reason, metadata, violations } = await refusalOf(
    system.client.createProject(request, administrator()),
  );
  expect(reason).toBe("AREA_INVALID");
  expect(metadata).toEqual({ rule: "ring-too-short" });
  expect(violations).toMatchObject([
    { field: "area_upload_id", rule: "ring-too-short" },
    { field: "area_upload_id", rule: "ring-crosses-itself" },
  ]);
  expect(violations[0]?.description).toContain("(coordinates[1][0])");
  expect(violations[1]?.description).toContain("(coordinates[0][0][0], at 0.5, 0.5)");
});

test("an upload of another person's, and both an area and an upload, are refused", async () => {
  const { areaUploadId } = await upload(system.areas, SOUND, system.as("beginner"));
  const reason = async (project: object) =>
    (
      await refusalOf(
        system.client.createProject({ requestId: randomUUID(), project, areaUploadId }, administrator()),
      )
    ).reason;
  expect(await reason({ name: "Migori" })).toBe("AREA_UPLOAD_NOT_FOUND");
  expect(await reason({ name: "Migori", area: square() })).toBe("FIELD_INVALID");
});

test("an upload of more square kilometres than are taken has that as its fault, and becomes no project", async () => {
  const wide = polygon([
    [10, 0],
    [12, 0],
    [12, 2],
    [10, 2],
    [10, 0],
  ]);
  const { areaUploadId } = await upload(system.areas, wide, administrator());
  const request = { requestId: randomUUID(), project: { name: "Migori" }, areaUploadId };
  const refusal = await refusalOf(system.client.createProject(request, administrator()));
  expect(refusal).toMatchObject({ reason: "AREA_INVALID", metadata: { rule: "area-too-large" } });
});

test("twenty faults in deep parts of a file still fit into one refusal", async () => {
  const point = `${"<Folder>".repeat(30)}<Placemark><Point/></Placemark>${"</Folder>".repeat(30)}`;
  const kml = `<kml><Document>${point.repeat(25)}</Document></kml>`;
  const { areaUploadId } = await upload(system.areas, kml, administrator());
  const request = { requestId: randomUUID(), project: { name: "Migori" }, areaUploadId };
  const { reason, violations } = await refusalOf(system.client.createProject(request, administrator()));
  expect(reason).toBe("AREA_INVALID");
  expect(violations).toHaveLength(20);
  expect(violations[19]?.description).toContain("kml/Document[0]/Folder[19]/Folder[0]");
});
