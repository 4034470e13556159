/** A node of a syntax tree of oxc-parser. */
interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

const LOOPS = ["ForStatement", "ForOfStatement", "ForInStatement", "WhileStatement", "DoWhileStatement"];
const FUNCTIONS = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];
const TIMERS = ["node:timers", "node:timers/promises", "timers", "timers/promises"];

/** Where a node stands. */
interface Place {
  inLoop: boolean;
  /** The names of the functions around it. */
  inside: readonly string[];
}

/**
 * Where a program repeats something by a timer of its own: setInterval; a timer, or a wait for one, within a loop; a timer
 * that calls the function which sets it.
 */
export function loopsIn(program: unknown): number[] {
  const waits = waitsOf(program as Node);
  const found: number[] = [];
  const visit = (node: Node, place: Place): void => {
    if (node.type === "CallExpression" && isOwnLoop(node, place, waits)) found.push(node.start);
    const inLoop = place.inLoop || LOOPS.includes(node.type);
    const name = nameOfFunction(node);
    const inside = name === undefined ? place.inside : [...place.inside, name];
    for (const child of childrenOf(node)) visit(child, { inLoop, inside });
  };
  visit(program as Node, { inLoop: false, inside: [] });
  return found;
}

function isOwnLoop(call: Node, { inLoop, inside }: Place, waits: ReadonlyMap<string, string>): boolean {
  const name = nameOf(call.callee as Node);
  const timer = waits.get(name) ?? name;
  if (timer === "setInterval") return true;
  if (timer !== "setTimeout") return false;
  if (inLoop) return true;
  const [callback] = call.arguments as Node[];
  return callback !== undefined && namesIn(callback).some((it) => inside.includes(it));
}

/** The names under which a file has the timers of Node.js, and its functions that are only a wait: `sleep` is setTimeout. */
function waitsOf(program: Node): Map<string, string> {
  const names = new Map<string, string>();
  for (const node of all(program)) {
    if (node.type === "ImportDeclaration" && TIMERS.includes((node.source as { value: string }).value))
      for (const { local, imported } of node.specifiers as { local: Node; imported?: Node }[])
        if (imported !== undefined) names.set(nameOf(local), nameOf(imported));
    const { id, init } = node as { id?: Node; init?: Node };
    const body = node.type === "VariableDeclarator" ? (init?.body as Node | undefined) : undefined;
    if (id && body?.type === "CallExpression" && names.has(nameOf(body.callee as Node)))
      names.set(nameOf(id), "setTimeout");
  }
  return names;
}

function nameOfFunction(node: Node): string | undefined {
  const { id, init, key, value } = node as { id?: Node; init?: Node; key?: Node; value?: Node };
  if (node.type === "FunctionDeclaration" && id) return nameOf(id);
  if (node.type === "VariableDeclarator" && id && init && FUNCTIONS.includes(init.type)) return nameOf(id);
  if (node.type === "MethodDefinition" && key) return nameOf(key);
  return key && value && FUNCTIONS.includes(value.type) ? nameOf(key) : undefined;
}

/** "sleep" for `sleep`, "poll" for `this.poll` and `this.#poll`; "" for what has no name. */
function nameOf(node: Node): string {
  if (node.type === "MemberExpression") return nameOf(node.property as Node);
  return typeof node.name === "string" ? node.name : "";
}

function namesIn(node: Node): string[] {
  return [...all(node)].map(nameOf).filter((name) => name !== "");
}

function* all(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* all(child);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((it): it is Node => typeof it === "object" && it !== null && "type" in it);
}
