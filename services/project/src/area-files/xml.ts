import { SaxesParser } from "saxes";
import { FileFault } from "./file-fault.ts";
import { type Bytes, textOf } from "./text.ts";

/** An element that is open. */
export interface XmlElement {
  /** Without its prefix. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  /** A pointer to it: "/kml/Document/0/Placemark/3". */
  path: () => string;
}

/** What makes something of a document. */
export interface XmlReader {
  open?(element: XmlElement): void;
  text?(text: string): void;
  close?(element: XmlElement): void;
  /** The document is whole. */
  end?(): void;
}

interface Open extends XmlElement {
  children: Map<string, number> | undefined;
}

/**
 * Parses XML as it comes and hands it to the reader that its root element has. `file` names it where it is one of several. A document type declaration is refused, so
 * that there are no entities but XML's own.
 */
export async function parseXml(
  bytes: Bytes,
  readerFor: (root: string) => XmlReader,
  depthMax: number,
  file = "",
): Promise<void> {
  const parser = new SaxesParser();
  const stack: Open[] = [];
  let reader: XmlReader = {};
  const position = () => `${file && `${file}, `}line ${parser.line}, column ${parser.column + 1}`;
  parser.on("error", () => {
    throw new FileFault("xml-malformed", position());
  });
  parser.on("doctype", () => {
    throw new FileFault("xml-has-dtd", position());
  });
  parser.on("opentag", ({ name: qualified, attributes }) => {
    const name = qualified.slice(qualified.indexOf(":") + 1);
    const element = { name, attributes, path: pathBelow(stack.at(-1), name, file), children: undefined };
    if (stack.length === 0) reader = readerFor(name);
    stack.push(element);
    if (stack.length > depthMax) throw new FileFault("xml-too-deep", element.path(), `more than ${depthMax}`);
    reader.open?.(element);
  });
  parser.on("text", (text) => reader.text?.(text));
  parser.on("cdata", (text) => reader.text?.(text));
  parser.on("closetag", () => reader.close?.(stack.pop() as Open));
  for await (const text of textOf(bytes)) parser.write(text);
  parser.close();
  reader.end?.();
}

function pathBelow(parent: Open | undefined, name: string, file: string): () => string {
  if (parent === undefined) return () => `${file && `/${file.replaceAll("/", "|")}`}/${name}`;
  parent.children ??= new Map();
  const index = parent.children.get(name) ?? 0;
  parent.children.set(name, index + 1);
  return () => `${parent.path()}/${name}/${index}`;
}

/** A number as XML documents write it; undefined for anything else. */
export function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)
    ? Number(text)
    : undefined;
}

/** A position; one that cannot be read is empty, as nothing else is. */
export function positionOf(longitude: string | undefined, latitude: string | undefined): number[] {
  const position = [numberIn(longitude?.trim()), numberIn(latitude?.trim())];
  return position.every((it) => it !== undefined) ? (position as number[]) : [];
}
