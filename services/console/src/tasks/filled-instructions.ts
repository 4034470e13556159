import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { boundingBoxAround } from "@tessera/geometry/areas/bounding-box.ts";

/** The deepest zoom of a square that stands for an area. */
const ZOOM_MAX = 22;
const LATITUDE_MAX = 85.0511287798;

/**
 * Puts the numbers of a task into its project's instructions: `{x}`, `{y}`, `{z}` and `{task_id}`. A task that is no whole
 * square gets the numbers of the smallest square that is no smaller than it, around its middle.
 */
export function filledInstructions(instructions: string, task: Task): string {
  const { zoom, x, y } = task.tile ?? squareFor(task) ?? {};
  const values: Record<string, number | undefined> = { x, y, z: zoom, task_id: task.taskId };
  return instructions.replaceAll(/\{(x|y|z|task_id)\}/g, (written, name: string) =>
    String(values[name] ?? written),
  );
}

function squareFor({ area }: Task): { zoom: number; x: number; y: number } | undefined {
  if (area === undefined || area.polygonLengths.length === 0) return undefined;
  const { west, south, east, north } = boundingBoxAround(area);
  const width = (east - west + 360) % 360;
  const [top, bottom] = [mercator(north), mercator(south)];
  const widest = Math.max(width / 360, bottom - top, 2 ** -ZOOM_MAX);
  const zoom = Math.max(0, Math.min(ZOOM_MAX, Math.floor(-Math.log2(widest))));
  const squares = 2 ** zoom;
  const middle = ((west + width / 2 + 180) / 360) % 1;
  const clamp = (value: number) => Math.max(0, Math.min(squares - 1, Math.floor(value * squares)));
  return { zoom, x: clamp(middle), y: clamp((top + bottom) / 2) };
}

/** Where a latitude lies on the web-mercator map: 0 at the north, 1 at the south. */
function mercator(latitude: number): number {
  const radians = (Math.max(-LATITUDE_MAX, Math.min(LATITUDE_MAX, latitude)) * Math.PI) / 180;
  return 0.5 - Math.asinh(Math.tan(radians)) / (2 * Math.PI);
}
