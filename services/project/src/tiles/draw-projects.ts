import {
  ProjectDifficultySchema,
  ProjectPrioritySchema,
  ProjectStatusSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { cellAt } from "@tessera/geometry/tiles/cells.ts";
import { drawPoint, drawShape, emptyDrawing, erase } from "@tessera/geometry/tiles/draw-shape.ts";
import { type Frame, meets } from "@tessera/geometry/tiles/frame.ts";
import { type Attributes, FEATURE_TYPE, LayerWriter, tileOf } from "@tessera/geometry/tiles/layer-writer.ts";
import { unitsEast, unitsSouth, WORLD_UNITS } from "@tessera/geometry/tiles/mercator.ts";
import type { Shapes } from "@tessera/geometry/tiles/shapes.ts";
import type { MappedProject } from "./tile-store.ts";

/** A project is drawn by its outline if it is at least this wide or high, in units of the tile. */
const OUTLINE_UNITS_MIN = 64;
/** The most outlines of a tile, and their size together. What is beyond that are points. */
const TILE_OUTLINES_MAX = 1_000;
const OUTLINES_BYTES_MAX = 2 * 1024 * 1024;

const statusNames = namesOf(ProjectStatusSchema);
const priorityNames = namesOf(ProjectPrioritySchema);
const difficultyNames = namesOf(ProjectDifficultySchema);

function namesOf({ values }: { values: readonly { number: number; name: string }[] }) {
  return new Map(values.map(({ number, name }) => [number, name]));
}

/** Those of the projects that are drawn by their outlines. */
export function outlined(projects: readonly MappedProject[], frame: Frame): MappedProject[] {
  return projects.filter((it) => sizeOf(it, frame) >= OUTLINE_UNITS_MIN).slice(-TILE_OUTLINES_MAX);
}

/** The longer side of a project's box. One that crosses 180° has its west in the east. */
function sizeOf({ west, south, east, north }: MappedProject, { scale }: Frame): number {
  const across = unitsEast(east) - unitsEast(west);
  const width = west <= east ? across : across + WORLD_UNITS;
  return Math.max(width, unitsSouth(south) - unitsSouth(north)) * scale;
}

/** Draws projects into a tile. */
export function drawProjects(
  projects: readonly MappedProject[],
  outlines: ReadonlyMap<number, Shapes>,
  frame: Frame,
): Buffer {
  const layer = new LayerWriter("projects");
  const drawing = emptyDrawing();
  const others = projects.filter((project) => {
    const shapes = outlines.get(project.projectId);
    if (shapes === undefined || layer.bytes > OUTLINES_BYTES_MAX) return true;
    if (!meets(shapes, 0, frame)) return false;
    erase(drawing);
    drawShape(shapes, 0, frame, drawing);
    const isDrawn = drawing.commands.length > 0;
    if (isDrawn) layer.add(project.projectId, FEATURE_TYPE.polygon, drawing.commands, attributesOf(project));
    return false;
  });
  return tileOf([layer, pointLayer(others, frame)]);
}

function attributesOf({
  projectId,
  name,
  status,
  priority,
  difficulty,
  progress,
}: MappedProject): Attributes {
  return [
    "project_id",
    projectId,
    "name",
    name,
    "status",
    statusNames.get(status),
    "priority",
    priorityNames.get(priority),
    "difficulty",
    difficultyNames.get(difficulty),
    "progress",
    progress < 0 ? undefined : progress / 100,
  ];
}

/** The points of projects: one for those in the same cell. */
function pointLayer(projects: readonly MappedProject[], frame: Frame): LayerWriter {
  const cells = new Map<number, MappedProject[]>();
  for (const project of projects) {
    const cell = cellAt(unitsEast(project.longitude), unitsSouth(project.latitude), frame);
    if (cell === undefined) continue;
    const there = cells.get(cell);
    if (there === undefined) cells.set(cell, [project]);
    else there.push(project);
  }
  const layer = new LayerWriter("points");
  const drawing = emptyDrawing();
  for (const there of cells.values()) {
    const first = there[0] as MappedProject;
    erase(drawing);
    const x = (unitsEast(first.longitude) - frame.west) * frame.scale;
    const y = (unitsSouth(first.latitude) - frame.north) * frame.scale;
    drawPoint(Math.round(x), Math.round(y), drawing);
    if (there.length === 1)
      layer.add(first.projectId, FEATURE_TYPE.point, drawing.commands, attributesOf(first));
    else layer.add(0, FEATURE_TYPE.point, drawing.commands, together(there));
  }
  return layer;
}

function together(projects: readonly MappedProject[]): Attributes {
  const counts = new Map<number, number>();
  for (const { status } of projects) counts.set(status, (counts.get(status) ?? 0) + 1);
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return ["project_count", projects.length, "status", most && statusNames.get(most[0])];
}
