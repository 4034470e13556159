/** A cut would give more tasks than `limit`. */
export class TooManyTasks extends Error {
  override readonly name = "TooManyTasks";
  readonly limit: number;

  constructor(limit: number) {
    super(`The area would be cut into more than ${limit} tasks.`);
    this.limit = limit;
  }
}
