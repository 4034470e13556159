/** Writes the data of an SVG path: whole numbers, relative to where it stands. */
export class PathData {
  #text = "";
  #x = 0;
  #y = 0;

  /** Goes to a place without drawing. */
  move(x: number, y: number): void {
    this.#text += `m${pair(x - this.#x, y - this.#y)}`;
    [this.#x, this.#y] = [x, y];
  }

  /** Draws a line to a place. */
  line(x: number, y: number): void {
    const [right, down] = [x - this.#x, y - this.#y];
    if (right === 0 && down === 0) return;
    if (down === 0) this.#text += `h${right}`;
    else this.#text += right === 0 ? `v${down}` : `l${pair(right, down)}`;
    [this.#x, this.#y] = [x, y];
  }

  /** Draws an area: x and y in turn. Those that are no area at this size are left out. */
  ring(places: readonly number[]): void {
    if (places.length < 6) return;
    const [x = 0, y = 0] = places;
    this.move(x, y);
    for (let at = 2; at < places.length; at += 2) this.line(places[at] as number, places[at + 1] as number);
    this.#text += "z";
    [this.#x, this.#y] = [x, y];
  }

  get length(): number {
    return this.#text.length;
  }

  toString(): string {
    return this.#text;
  }
}

function pair(x: number, y: number): string {
  return y < 0 ? `${x}${y}` : `${x} ${y}`;
}
