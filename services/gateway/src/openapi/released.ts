import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { type OpenApiDocument, openApiDocument } from "./document.ts";

/** The document that the commit of a release contains, without what only people read. */
export const RELEASED = "services/gateway/gen/released-openapi.json";

const FOR_PEOPLE: ReadonlySet<string> = new Set([
  "description",
  "summary",
  "example",
  "tags",
  "info",
  "x-rpcs",
]);

/** The text of the present document as it is released: a line for each path and each component. */
export function releasedText(): string {
  const { paths, components } = openApiDocument(SERVICES);
  const parts = Object.entries(components).map(([kind, all]) => `${JSON.stringify(kind)}: ${linesOf(all)}`);
  return `{\n"paths": ${linesOf(paths)},\n"components": {\n${parts.join(",\n")}\n}\n}\n`;
}

function linesOf(all: object): string {
  const lines = Object.entries(all).map(
    ([name, it]) => `${JSON.stringify(name)}: ${JSON.stringify(bare(it))}`,
  );
  return `{\n${lines.join(",\n")}\n}`;
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, it]) => {
    if (key === "properties")
      return [[key, Object.fromEntries(Object.entries(it as object).map(([k, v]) => [k, bare(v)]))]];
    return FOR_PEOPLE.has(key) ? [] : [[key, bare(it)]];
  });
  return Object.fromEntries(entries);
}

/** Reads a released document. */
export function readReleased(text: string): OpenApiDocument {
  return JSON.parse(text) as OpenApiDocument;
}
