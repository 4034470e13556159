import type { PathTemplate } from "./path-template.ts";

/** Finds what belongs to a path, among templates, one segment at a time. */
export interface TemplateTrie<T> {
  root: Node<T>;
}

interface Node<T> {
  literals: Map<string, Node<T>>;
  one?: Node<T>;
  many?: Node<T>;
  /** What ends here, by verb. */
  ends: Map<string, T>;
}

/** What was found for a path. */
export interface Found<T> {
  value: T;
  /** The segments of the path as they were sent, a verb taken off. */
  segments: readonly string[];
}

/** Makes a trie without templates. */
export function emptyTrie<T>(): TemplateTrie<T> {
  return { root: emptyNode() };
}

/** Returns the value of a template, made by `make` if there is none. Names of variables make no difference. */
export function valueAt<T>(trie: TemplateTrie<T>, template: PathTemplate, make: () => T): T {
  let node = trie.root;
  for (const segment of template.segments) node = childOf(node, segment);
  const present = node.ends.get(template.verb);
  if (present !== undefined) return present;
  const value = make();
  node.ends.set(template.verb, value);
  return value;
}

/** All values. */
export function valuesOf<T>({ root }: TemplateTrie<T>): T[] {
  const below = ({ ends, literals, one, many }: Node<T>): T[] => [
    ...ends.values(),
    ...[...literals.values(), one, many].flatMap((it) => (it === undefined ? [] : below(it))),
  ];
  return below(root);
}

/**
 * Returns the first value for a path that `accept` takes. A literal goes before a wildcard, one segment before many,
 * a verb before none.
 */
export function find<T>(
  trie: TemplateTrie<T>,
  path: string,
  accept: (value: T) => boolean,
): Found<T> | undefined {
  const segments = path.split("/").slice(1);
  const last = segments.at(-1) ?? "";
  const colon = last.lastIndexOf(":");
  if (colon > 0 && colon < last.length - 1) {
    const bare = [...segments.slice(0, -1), last.slice(0, colon)];
    const value = visit(trie.root, bare.map(literalOf), 0, last.slice(colon + 1), accept);
    if (value !== undefined) return { value, segments: bare };
  }
  const literals = path.includes("%") ? segments.map(literalOf) : segments;
  const value = visit(trie.root, literals, 0, "", accept);
  return value === undefined ? undefined : { value, segments };
}

function visit<T>(
  node: Node<T>,
  segments: readonly string[],
  index: number,
  verb: string,
  accept: (value: T) => boolean,
): T | undefined {
  if (index === segments.length) {
    const end = accepted(node, verb, accept);
    if (end !== undefined) return end;
  } else {
    const segment = segments[index] as string;
    const literal = node.literals.get(segment);
    const found = literal && visit(literal, segments, index + 1, verb, accept);
    if (found !== undefined) return found;
    if (node.one !== undefined && segment !== "") {
      const one = visit(node.one, segments, index + 1, verb, accept);
      if (one !== undefined) return one;
    }
  }
  return node.many && visitMany(node.many, segments, index, verb, accept);
}

/** After `**` only literals follow, up to the end: the longest of them goes first. */
function visitMany<T>(
  node: Node<T>,
  segments: readonly string[],
  index: number,
  verb: string,
  accept: (value: T) => boolean,
): T | undefined {
  for (let next = index; next < segments.length && node.literals.size > 0; next += 1) {
    const literal = node.literals.get(segments[next] as string);
    const found = literal && visit(literal, segments, next + 1, verb, accept);
    if (found !== undefined) return found;
  }
  return accepted(node, verb, accept);
}

function accepted<T>(node: Node<T>, verb: string, accept: (value: T) => boolean): T | undefined {
  const end = node.ends.get(verb);
  return end !== undefined && accept(end) ? end : undefined;
}

function childOf<T>(node: Node<T>, segment: string): Node<T> {
  if (segment === "*") {
    node.one ??= emptyNode();
    return node.one;
  }
  if (segment === "**") {
    node.many ??= emptyNode();
    return node.many;
  }
  const present = node.literals.get(segment);
  if (present !== undefined) return present;
  const child = emptyNode<T>();
  node.literals.set(segment, child);
  return child;
}

function emptyNode<T>(): Node<T> {
  return { literals: new Map(), ends: new Map() };
}

/** A segment that cannot be decoded equals no literal; binding it reports the fault. */
function literalOf(segment: string): string {
  try {
    return segment.includes("%") ? decodeURIComponent(segment) : segment;
  } catch {
    return segment;
  }
}
