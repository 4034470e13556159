import { latitudeAt, longitudeAt } from "@tessera/geometry/tiles/mercator.ts";
import { type Shapes, shapesOf } from "@tessera/geometry/tiles/shapes.ts";
import type { TaskGround, TaskRow } from "./tile-store.ts";

/** Tasks that were prepared together, by number. */
export interface Part {
  shapes: Shapes;
  taskIds: Int32Array;
}

const FIRST_ROWS = 1_024;

/**
 * The tasks of a project as maps need them, in memory: their ground, which never changes, and what is shown of them. What
 * happens to tasks is written into it; it is read between two writings only.
 */
export class TaskSet {
  readonly parts: Part[] = [];
  /** What is shown of each task, by its number. */
  states = new Uint8Array(FIRST_ROWS);
  priorities = new Uint8Array(FIRST_ROWS);
  lockPurposes = new Uint8Array(FIRST_ROWS);
  outside = new Uint8Array(FIRST_ROWS);
  priorityAreas = new Uint16Array(FIRST_ROWS);
  parentIds = new Int32Array(FIRST_ROWS);
  revisions = new Float64Array(FIRST_ROWS);
  lockEnds = new Float64Array(FIRST_ROWS);
  assignedUntil = new Float64Array(FIRST_ROWS);
  /** The number of the last task. */
  lastId = 0;
  /** When it was read, in seconds since 1970 by the database's clock. */
  asOf = 0;
  /** From this zoom on, tasks are drawn by themselves. */
  detailZoom = 0;

  /** How many tasks it has, those included that were split or withdrawn. */
  get count(): number {
    return this.parts.reduce((sum, { taskIds }) => sum + taskIds.length, 0);
  }

  /** What it takes in memory. */
  get bytes(): number {
    const shown = this.#columns().reduce((sum, it) => sum + it.byteLength, 0);
    return this.parts.reduce((sum, { shapes, taskIds }) => sum + shapes.bytes + taskIds.byteLength, shown);
  }

  /** Adds tasks with numbers above all others. */
  add(part: Part, rows: readonly TaskRow[]): void {
    if (rows.length === 0) return;
    this.parts.push(part);
    this.lastId = rows.at(-1)?.taskId ?? this.lastId;
    this.#reserve(this.lastId + 1);
    for (const row of rows) this.set(row);
  }

  /** Writes down how a task is now. */
  set(row: TaskRow): void {
    const { taskId } = row;
    this.states[taskId] = row.state;
    this.priorities[taskId] = row.priority;
    this.lockPurposes[taskId] = row.lockPurpose;
    this.outside[taskId] = row.outside ? 1 : 0;
    this.priorityAreas[taskId] = row.priorityArea;
    this.parentIds[taskId] = row.parentId;
    this.revisions[taskId] = row.revision;
    this.lockEnds[taskId] = row.lockEnd;
    this.assignedUntil[taskId] = row.assignedUntil;
  }

  /** The smallest box around all tasks, in degrees: west, south, east, north. Undefined if there are none. */
  bounds(): [west: number, south: number, east: number, north: number] | undefined {
    if (this.parts.length === 0) return undefined;
    const boxes = this.parts.map(({ shapes }) => shapes.box);
    return [
      longitudeAt(Math.min(...boxes.map(([west]) => west))),
      latitudeAt(Math.max(...boxes.map(([, , , south]) => south))),
      longitudeAt(Math.max(...boxes.map(([, , east]) => east))),
      latitudeAt(Math.min(...boxes.map(([, north]) => north))),
    ];
  }

  #columns() {
    const { states, priorities, lockPurposes, outside, priorityAreas } = this;
    const { parentIds, revisions, lockEnds, assignedUntil } = this;
    return [
      ...[states, priorities, lockPurposes, outside, priorityAreas],
      ...[parentIds, revisions, lockEnds, assignedUntil],
    ];
  }

  #reserve(rows: number): void {
    if (rows <= this.states.length) return;
    const size = Math.max(rows, 2 * this.states.length);
    this.states = grown(this.states, new Uint8Array(size));
    this.priorities = grown(this.priorities, new Uint8Array(size));
    this.lockPurposes = grown(this.lockPurposes, new Uint8Array(size));
    this.outside = grown(this.outside, new Uint8Array(size));
    this.priorityAreas = grown(this.priorityAreas, new Uint16Array(size));
    this.parentIds = grown(this.parentIds, new Int32Array(size));
    this.revisions = grown(this.revisions, new Float64Array(size));
    this.lockEnds = grown(this.lockEnds, new Float64Array(size));
    this.assignedUntil = grown(this.assignedUntil, new Float64Array(size));
  }
}

function grown<T extends { set(from: T): void }>(before: T, larger: T): T {
  larger.set(before);
  return larger;
}

/** Prepares the ground of tasks. */
export function partOf(found: readonly TaskGround[]): Part {
  return {
    shapes: shapesOf(found.map(({ area }) => area)),
    taskIds: Int32Array.from(found, ({ row }) => row.taskId),
  };
}
