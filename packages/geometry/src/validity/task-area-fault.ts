import type { GeometryRule, Point } from "../areas/geometry-fault.ts";

/** The faults of an area that is to become a task, in the order of the checks. */
export const TASK_AREA_RULES = {
  invalid: "The area of each task must be valid.",
  outside: "The area of each task must lie in the area of interest.",
  overlaps: "The areas of tasks must not overlap.",
  covered: "The area of each task must lie on ground that no other task of the project covers.",
} as const;

/** The stable id of a rule. */
export type TaskAreaRule = keyof typeof TASK_AREA_RULES;

/** Where and in what way an area breaks a rule. */
export interface TaskAreaBreach {
  /** The area that it overlaps. */
  other?: number | undefined;
  /** The rule that makes it invalid, and the JSON pointer to the part that breaks it, within this area. */
  invalid?: { rule: GeometryRule; path: string } | undefined;
  /** A point where the rule is broken, if it is broken in one. */
  point?: Point | undefined;
}

/** One of several areas, the one at `index` in their list, cannot become a task. */
export class TaskAreaFault extends Error {
  override readonly name = "TaskAreaFault";
  readonly index: number;
  readonly rule: TaskAreaRule;
  readonly other: TaskAreaBreach["other"];
  readonly invalid: TaskAreaBreach["invalid"];
  readonly point: TaskAreaBreach["point"];

  constructor(index: number, rule: TaskAreaRule, { other, invalid, point }: TaskAreaBreach) {
    super(TASK_AREA_RULES[rule]);
    this.index = index;
    this.rule = rule;
    this.other = other;
    this.invalid = invalid;
    this.point = point;
  }
}
