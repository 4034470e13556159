import { type Content, html } from "../html/html.ts";

/** Puts parts of a page into a text of a catalogue: "{who} took {task}". What it does not name stays as it is. */
export function sentence(text: string, parts: Readonly<Record<string, Content>>) {
  return html`${text.split(/(\{[a-z]+\})/).map((piece) => {
    const name = /^\{([a-z]+)\}$/.exec(piece)?.[1];
    return name !== undefined && name in parts ? parts[name] : piece;
  })}`;
}
