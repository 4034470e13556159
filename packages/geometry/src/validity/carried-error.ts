import { GeometryFault, type GeometryRule, type Point } from "../areas/geometry-fault.ts";
import { CannotSplit, type SplitObstacle } from "./cannot-split.ts";
import { type TaskAreaBreach, TaskAreaFault, type TaskAreaRule } from "./task-area-fault.ts";
import { TooManyTasks } from "./too-many-tasks.ts";

/** An error that is an answer, as plain data: threads hand over errors without their class and what it adds. */
export type CarriedError =
  | { kind: "geometry-fault"; rule: GeometryRule; path: string; point: Point | undefined }
  | { kind: "too-many-tasks"; limit: number }
  | { kind: "cannot-split"; obstacle: SplitObstacle }
  | { kind: "task-area-fault"; index: number; rule: TaskAreaRule; breach: TaskAreaBreach };

/** Makes an error plain data; undefined if it is none of those that are answers. */
export function carried(error: unknown): CarriedError | undefined {
  if (error instanceof GeometryFault) {
    return { kind: "geometry-fault", rule: error.rule, path: error.path, point: error.point };
  }
  if (error instanceof TooManyTasks) return { kind: "too-many-tasks", limit: error.limit };
  if (error instanceof CannotSplit) return { kind: "cannot-split", obstacle: error.obstacle };
  if (error instanceof TaskAreaFault) {
    const { index, rule, other, invalid, point } = error;
    return { kind: "task-area-fault", index, rule, breach: { other, invalid, point } };
  }
  return undefined;
}

/** Makes the error again that was carried. */
export function restored(error: CarriedError): Error {
  switch (error.kind) {
    case "geometry-fault":
      return new GeometryFault(error.rule, error.path, error.point);
    case "too-many-tasks":
      return new TooManyTasks(error.limit);
    case "cannot-split":
      return new CannotSplit(error.obstacle);
    case "task-area-fault":
      return new TaskAreaFault(error.index, error.rule, error.breach);
  }
}
