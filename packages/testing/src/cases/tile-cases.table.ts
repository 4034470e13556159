import type { DescMethod, JsonObject } from "@bufbuild/protobuf";
import { ProjectTileService } from "@tessera/contracts/tessera/project/v1/project_tile_service_pb.ts";
import { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import { type Case, casesOf, gates } from "../ground/case.ts";

const { getTaskTile, getTaskTileSet, getTaskMapStyle } = TaskTileService.method;
const { getProjectTile, getProjectTileSet, getProjectMapStyle } = ProjectTileService.method;
const WORLD = { zoom: 0, x: 0, y: 0 };
const SITE = { public_url: "https://map.example.org" };

const OF_PROJECT: [method: DescMethod, fields: JsonObject][] = [
  [getTaskTile, WORLD],
  [getTaskTileSet, SITE],
  [getTaskMapStyle, SITE],
];

function tile(what: string, expected: string, fields: JsonObject): Case[] {
  return casesOf(getTaskTile, [
    what,
    expected,
    async ({ projects }) => ({ request: { project_id: projects.published, ...fields } }),
  ]);
}

const OF_ALL: [method: DescMethod, fields: JsonObject][] = [
  [getProjectTile, WORLD],
  [getProjectTileSet, SITE],
  [getProjectMapStyle, SITE],
];

export const TILE_CASES: Case[] = [
  ...OF_ALL.flatMap(([method, fields]) =>
    casesOf(
      method,
      ["by anybody", "OK", async () => ({ request: fields })],
      ["by a manager", "OK", async ({ admin }) => ({ request: fields, who: admin })],
    ),
  ),
  ...casesOf(getProjectTile, [
    "south of the world",
    "FIELD_INVALID",
    async () => ({ request: { zoom: 1, x: 0, y: 2 } }),
  ]),
  ...OF_PROJECT.flatMap(([method, fields]) => [
    ...gates(method, fields),
    ...casesOf(
      method,
      [
        "of a published project, by anybody",
        "OK",
        async ({ projects }) => ({ request: { project_id: projects.published, ...fields } }),
      ],
      [
        "of a draft, by its manager",
        "OK",
        async ({ projects, admin }) => ({ request: { project_id: projects.draft, ...fields }, who: admin }),
      ],
    ),
  ]),
  ...tile("the last one of the last zoom", "OK", { zoom: 22, x: 2 ** 22 - 1, y: 2 ** 22 - 1 }),
  ...tile("beyond the last zoom", "FIELD_INVALID", { zoom: 23, x: 0, y: 0 }),
  ...tile("below the first zoom", "FIELD_INVALID", { zoom: -1, x: 0, y: 0 }),
  ...tile("east of the world", "FIELD_INVALID", { zoom: 3, x: 8, y: 0 }),
  ...tile("west of the world", "FIELD_INVALID", { zoom: 3, x: -1, y: 0 }),
  ...tile("south of the world", "FIELD_INVALID", { zoom: 3, x: 0, y: 8 }),
];
