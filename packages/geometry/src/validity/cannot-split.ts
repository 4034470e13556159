/** Why a task cannot be split, each with its sentence. */
export const SPLIT_OBSTACLES = {
  "too-deep": "The squares of the parts would be smaller than those of the deepest zoom.",
  "one-piece": "The task has ground in one of its parts only.",
  slivers: "The parts of the task would be too small to be tasks.",
} as const;

/** The stable id of an obstacle. */
export type SplitObstacle = keyof typeof SPLIT_OBSTACLES;

/** A task cannot be split. */
export class CannotSplit extends Error {
  override readonly name = "CannotSplit";
  readonly obstacle: SplitObstacle;

  constructor(obstacle: SplitObstacle) {
    super(SPLIT_OBSTACLES[obstacle]);
    this.obstacle = obstacle;
  }
}
