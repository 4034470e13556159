import type { JsonObject } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { type Case, casesOf, command, gates, NOWHERE } from "../ground/case.ts";
import { requestId } from "../ground/door.ts";
import type { Headers, World } from "../ground/world.ts";

const areas = AreaService.method;
const project = ProjectService.method;

/** The system of these cases has these settings, so that its limits can be met. */
export const AREA_SETTINGS = { AREA_FILE_LIMIT_BYTES: "20000", AREA_UPLOADS_PER_PERSON: "3" };

const square = (west: number, degrees: number): JsonObject => {
  const [east, north] = [west + degrees, 10 + degrees];
  const ring = [
    [west, 10],
    [east, 10],
    [east, north],
    [west, north],
    [west, 10],
  ];
  return { type: "MultiPolygon", coordinates: [[ring]] };
};
const SQUARE = square(10, 0.5);
const CROSSED: JsonObject = {
  type: "MultiPolygon",
  coordinates: [
    [
      [
        [10, 10],
        [10.1, 10.1],
        [10.1, 10],
        [10, 10.1],
        [10, 10],
      ],
    ],
  ],
};
const FILE = JSON.stringify(SQUARE);

const chunkOf = (text: string) => Buffer.from(text).toString("base64");

/** Uploads a file; returns its id. */
async function upload({ system }: World, text: string, who: Headers): Promise<number> {
  const client = createClient(AreaService, system.connections.project);
  async function* messages() {
    yield { requestId: requestId(), chunk: Buffer.from(text) };
  }
  const { acknowledgement } = await client.createAreaUpload(messages(), who);
  return Number(acknowledgement?.name.split("/")[1]);
}

/** A case about a draft of the administrator's. */
function inDraft(play: (w: World, draft: number) => JsonObject | Promise<JsonObject>): Case["play"] {
  return async (w) => {
    const draft = await w.newDraft();
    const fields = await play(w, draft);
    return { request: command({ project_id: draft, expected_revision: "1", ...fields }), who: w.admin };
  };
}

/** What the gateway and gRPC say of files and of the areas of projects. */
export const AREA_CASES: Case[] = [
  ...casesOf(
    areas.createAreaUpload,
    [
      "a file with an area",
      "OK",
      async ({ mapper }) => ({
        request: command({
          file_name: "area.geojson",
          media_type: "application/geo+json",
          chunk: chunkOf(FILE),
        }),
        who: mapper,
      }),
    ],
    [
      "a file that makes no sense",
      "OK",
      async ({ validator }) => ({ request: command({ chunk: chunkOf("PK\u0003\u0004") }), who: validator }),
    ],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: command({ chunk: chunkOf(FILE) }) })],
    [
      "a file that is too large",
      "AREA_FILE_TOO_LARGE",
      async ({ mapper }) => ({ request: command({ chunk: chunkOf(" ".repeat(20_001)) }), who: mapper }),
    ],
    [
      "one more than a person may have",
      "TOO_MANY_AREA_UPLOADS",
      async (w) => {
        const who = await w.newMapper();
        for (let i = 0; i < 3; i++) await upload(w, FILE, who);
        return { request: command({ chunk: chunkOf(FILE) }), who };
      },
    ],
    [
      "another file with the same request id",
      "REQUEST_ID_REUSED",
      async (w) => {
        const who = await w.newMapper();
        const client = createClient(AreaService, w.system.connections.project);
        const id = requestId();
        await client.createAreaUpload(
          (async function* () {
            yield { requestId: id, chunk: Buffer.from(FILE) };
          })(),
          who,
        );
        return { request: { request_id: id, chunk: chunkOf(`${FILE} `) }, who };
      },
    ],
  ),
  ...casesOf(
    areas.getAreaUpload,
    [
      "one's own",
      "OK",
      async (w) => {
        const who = await w.newMapper();
        return { request: { area_upload_id: String(await upload(w, FILE, who)) }, who };
      },
    ],
    [
      "another's",
      "AREA_UPLOAD_NOT_FOUND",
      async (w) => {
        const uploaded = await upload(w, FILE, await w.newMapper());
        return { request: { area_upload_id: String(uploaded) }, who: w.admin };
      },
    ],
    ["number 0", "FIELD_INVALID", async ({ admin }) => ({ request: { area_upload_id: "0" }, who: admin })],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: { area_upload_id: "1" } })],
  ),
  ...casesOf(
    areas.listAreaUploads,
    [
      "one's own",
      "OK",
      async (w) => {
        const who = await w.newMapper();
        await upload(w, FILE, who);
        return { request: {}, who };
      },
    ],
    [
      "a page token that is none",
      "PAGE_TOKEN_INVALID",
      async ({ admin }) => ({ request: { page_token: "AAAA" }, who: admin }),
    ],
    [
      "a page of less than nothing",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: { page_size: -1 }, who: admin }),
    ],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: {} })],
  ),
  ...casesOf(
    areas.deleteAreaUpload,
    [
      "one's own",
      "OK",
      async (w) => {
        const who = await w.newMapper();
        return { request: command({ area_upload_id: String(await upload(w, FILE, who)) }), who };
      },
    ],
    [
      "another's",
      "AREA_UPLOAD_NOT_FOUND",
      async (w) => {
        const uploaded = await upload(w, FILE, await w.newMapper());
        return { request: command({ area_upload_id: String(uploaded) }), who: w.admin };
      },
    ],
    [
      "number 0",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: command({ area_upload_id: "0" }), who: admin }),
    ],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: command({ area_upload_id: "1" }) })],
  ),
  ...gates(areas.setArea, { area: SQUARE, expected_revision: "1" }),
  ...casesOf(
    areas.setArea,
    ["to one that is sent", "OK", inDraft(() => ({ area: square(11, 0.2) }))],
    [
      "to one that was uploaded",
      "OK",
      inDraft(async (w) => ({ area_upload_id: String(await upload(w, FILE, w.admin)) })),
    ],
    ["to none", "FIELD_INVALID", inDraft(() => ({}))],
    ["to two", "FIELD_INVALID", inDraft(() => ({ area: SQUARE, area_upload_id: "1" }))],
    [
      "to an upload that is not",
      "AREA_UPLOAD_NOT_FOUND",
      inDraft(() => ({ area_upload_id: String(NOWHERE) })),
    ],
    ["of another revision", "PROJECT_CHANGED", inDraft(() => ({ area: SQUARE, expected_revision: "9" }))],
    ["to one that is too large", "AREA_TOO_LARGE", inDraft(() => ({ area: square(10, 5) }))],
    ["to one that crosses itself", "AREA_INVALID", inDraft(() => ({ area: CROSSED }))],
    [
      "away from its priority areas",
      "PRIORITY_AREAS_OUTSIDE",
      inDraft(async ({ system, admin }, draft) => {
        const ring = [10, 10, 10.1, 10, 10.1, 10.1, 10, 10];
        const priorityAreas = { coordinates: ring, ringLengths: [4], polygonLengths: [1] };
        const { acknowledgement } = await system.project.updateProject(
          {
            requestId: requestId(),
            project: { projectId: draft, priorityAreas },
            updateMask: { paths: ["priority_areas"] },
            expectedRevision: 1n,
          },
          admin,
        );
        return { area: square(20, 0.2), expected_revision: String(acknowledgement?.revision) };
      }),
    ],
  ),
  ...casesOf(project.createProject, [
    "of an upload that is not",
    "AREA_UPLOAD_NOT_FOUND",
    async ({ admin }) => ({
      request: command({ project: { name: "Escuintla" }, area_upload_id: String(NOWHERE) }),
      who: admin,
    }),
  ]),
];
