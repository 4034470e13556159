import type { Content } from "./html.ts";

/** A sentence of a catalogue with parts of a page in it: `filled("{name} holds it until {time}.", { name, time })`. */
export function filled(sentence: string, values: Record<string, Content>): Content {
  return sentence.split(/(\{\w+\})/).map((piece) => {
    const [, name] = /^\{(\w+)\}$/.exec(piece) ?? [];
    return name !== undefined && name in values ? values[name] : piece;
  });
}
