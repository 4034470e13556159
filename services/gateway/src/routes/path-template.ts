/** A part of a path that goes into a field. */
export interface PathVariable {
  /** The names on the way to the field: ["project", "project_id"]. */
  fieldPath: readonly string[];
  /** The index of its segment. */
  at: number;
}

/** A path template of google.api.http, taken apart. */
export interface PathTemplate {
  text: string;
  /** What each segment must be, decoded; undefined for any that is not empty. */
  segments: readonly (string | undefined)[];
  variables: readonly PathVariable[];
}

const LITERAL = /^(?:[\w.~!$&'()+,;=@-]|%[0-9A-Fa-f]{2})+$/;
const VARIABLE = /^\{([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\}$/;

/**
 * Takes a path template apart. Throws for what is none, and for what no contract uses: wildcards outside of a variable,
 * variables of several segments, and verbs. Resources are nouns here, and a variable is one segment.
 */
export function parseTemplate(text: string): PathTemplate {
  const [first, ...parts] = text.split("/");
  if (first !== "" || parts.length === 0) throw notOne(text);
  const variables: PathVariable[] = [];
  const segments = parts.map((part, at) => {
    const [, name] = VARIABLE.exec(part) ?? [];
    if (name !== undefined) variables.push({ fieldPath: name.split("."), at });
    else if (!LITERAL.test(part)) throw notOne(text);
    return name === undefined ? decodeURIComponent(part) : undefined;
  });
  return { text, segments, variables };
}

function notOne(text: string): Error {
  return new Error(`"${text}" is not a path template of segments and variables of one segment each`);
}
