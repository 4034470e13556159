/** Work on an area did not end, or did not begin, within its time limit. */
export class GeometryTimeout extends Error {
  override readonly name = "GeometryTimeout";
  readonly limitMs: number;
  /** Whether the work had begun. */
  readonly begun: boolean;

  constructor(limitMs: number, begun = true) {
    super(`The work on the area did not ${begun ? "end" : "begin"} within ${limitMs} ms.`);
    this.limitMs = limitMs;
    this.begun = begun;
  }
}
