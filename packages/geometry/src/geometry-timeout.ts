/** Work on an area did not come to its end, or not to its turn, within the time that it was given. */
export class GeometryTimeout extends Error {
  override readonly name = "GeometryTimeout";
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`The work on the area did not end within ${limitMs} ms.`);
    this.limitMs = limitMs;
  }
}
