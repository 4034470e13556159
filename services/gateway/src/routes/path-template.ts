/** A part of a path that goes into a field. */
export interface PathVariable {
  /** The names on the way to the field: ["project", "project_id"]. */
  fieldPath: readonly string[];
  /** The index of its first segment. */
  start: number;
  /** How many segments of the template follow it. Counted from the end, because `**` takes any number. */
  after: number;
  /** Whether it is exactly one segment, which is decoded whole; of several, "%2F" stays as it is. */
  single: boolean;
}

/** A path template of google.api.http, taken apart. */
export interface PathTemplate {
  text: string;
  /** "*" for one segment, "**" for any number, anything else for itself (decoded). */
  segments: readonly string[];
  variables: readonly PathVariable[];
  /** What follows the last ":"; "" without one. */
  verb: string;
}

const LITERAL = String.raw`(?:[\w.~!$&'()+,;=@-]|%[0-9A-Fa-f]{2})+`;
const SEGMENT = String.raw`(?:\*\*|\*|${LITERAL})`;
const FIELD_PATH = String.raw`[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*`;
const VARIABLE = String.raw`\{${FIELD_PATH}(?:=${SEGMENT}(?:/${SEGMENT})*)?\}`;
const TEMPLATE = new RegExp(`^(?<path>(?:/(?:${SEGMENT}|${VARIABLE}))+)(?::(?<verb>${LITERAL}))?$`);
const PART = new RegExp(`/(?:\\{(?<field>${FIELD_PATH})(?:=(?<inner>[^}]+))?\\}|(?<plain>${SEGMENT}))`, "g");

/** Takes a path template apart. Throws where it breaks the grammar in google/api/http.proto. */
export function parseTemplate(text: string): PathTemplate {
  const groups = TEMPLATE.exec(text)?.groups;
  if (groups === undefined) throw new Error(`"${text}" is not a path template`);
  const parts = [...(groups.path as string).matchAll(PART)].map(({ groups: part }) => ({
    field: part?.field,
    segments: (part?.plain ?? part?.inner ?? "*").split("/"),
  }));
  const segments = parts.flatMap((part) => part.segments);
  refuseWildcardsAfterMany(text, segments);
  let start = 0;
  const variables: PathVariable[] = [];
  for (const part of parts) {
    const end = start + part.segments.length;
    if (part.field !== undefined) {
      const single = part.segments.length === 1 && part.segments[0] !== "**";
      variables.push({ fieldPath: part.field.split("."), start, after: segments.length - end, single });
    }
    start = end;
  }
  return { text, segments: segments.map(decodeURIComponent), variables, verb: groups.verb ?? "" };
}

/** What follows `**` must be literal: with a second wildcard a path could be read in several ways. */
function refuseWildcardsAfterMany(text: string, segments: readonly string[]): void {
  const many = segments.indexOf("**");
  if (many !== -1 && segments.slice(many + 1).some((it) => it === "*" || it === "**")) {
    throw new Error(`"${text}" has a wildcard after "**"`);
  }
}

/**
 * Reads the text of a variable from the segments of a path, percent-decoded. Throws URIError where the text is not
 * percent-encoded UTF-8.
 */
export function bindVariable(variable: PathVariable, segments: readonly string[]): string {
  if (variable.single) return decodeURIComponent(segments[variable.start] as string);
  return segments
    .slice(variable.start, segments.length - variable.after)
    .map((it) => decodeURIComponent(it.replaceAll(/%2f/gi, (slash) => `%25${slash.slice(1)}`)))
    .join("/");
}
