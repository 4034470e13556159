import type { PathTemplate } from "./path-template.ts";

/** Finds what belongs to a path, among templates, one segment at a time. */
export interface TemplateTrie<T> {
  literals: Map<string, TemplateTrie<T>>;
  /** What follows a variable. */
  any?: TemplateTrie<T>;
  /** What ends here. */
  end?: T;
}

/** What was found for a path. */
export interface Found<T> {
  value: T;
  /** The segments of the path as they were sent. */
  segments: readonly string[];
}

/** Makes a trie without templates. */
export function emptyTrie<T>(): TemplateTrie<T> {
  return { literals: new Map() };
}

/** Returns the value of a template, made by `make` if there is none. Names of variables make no difference. */
export function valueAt<T>(trie: TemplateTrie<T>, template: PathTemplate, make: () => T): T {
  let node = trie;
  for (const segment of template.segments) node = childOf(node, segment);
  node.end ??= make();
  return node.end;
}

/** All values. */
export function valuesOf<T>({ end, literals, any }: TemplateTrie<T>): T[] {
  const below = [...literals.values(), ...(any ? [any] : [])];
  return [...(end === undefined ? [] : [end]), ...below.flatMap(valuesOf)];
}

/** Returns the first value for a path that `accept` takes. A literal goes before a variable. */
export function find<T>(
  trie: TemplateTrie<T>,
  path: string,
  accept: (value: T) => boolean,
): Found<T> | undefined {
  const segments = path.split("/").slice(1);
  const literals = path.includes("%") ? segments.map(literalOf) : segments;
  const value = visit(trie, literals, 0, accept);
  return value === undefined ? undefined : { value, segments };
}

function visit<T>(
  node: TemplateTrie<T>,
  segments: readonly string[],
  index: number,
  accept: (value: T) => boolean,
): T | undefined {
  if (index === segments.length) return node.end !== undefined && accept(node.end) ? node.end : undefined;
  const segment = segments[index] as string;
  const literal = node.literals.get(segment);
  const found = literal && visit(literal, segments, index + 1, accept);
  if (found !== undefined || node.any === undefined || segment === "") return found;
  return visit(node.any, segments, index + 1, accept);
}

function childOf<T>(node: TemplateTrie<T>, segment: string | undefined): TemplateTrie<T> {
  if (segment === undefined) {
    node.any ??= emptyTrie();
    return node.any;
  }
  const child = node.literals.get(segment) ?? emptyTrie<T>();
  node.literals.set(segment, child);
  return child;
}

/** A segment that cannot be decoded equals no literal; binding it reports the fault. */
function literalOf(segment: string): string {
  try {
    return segment.includes("%") ? decodeURIComponent(segment) : segment;
  } catch {
    return segment;
  }
}
