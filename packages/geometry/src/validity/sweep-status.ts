/**
 * The edges that a sweep line crosses at one moment, ordered from the bottom up: a treap for finding a place in it,
 * and a list for the neighbours. Nodes are numbered from 1; 0 is none, and stands in the list for both of its ends.
 */
export interface SweepStatus {
  root: number;
  nodes: number;
  seed: number;
  edge: Int32Array;
  /** The next node down and up the sweep line. */
  below: Int32Array;
  above: Int32Array;
  /** The treap: children and parent. */
  left: Int32Array;
  right: Int32Array;
  parent: Int32Array;
  priority: Int32Array;
}

/** Makes a status with no edge, for `capacity` insertions. */
export function emptyStatus(capacity: number): SweepStatus {
  const array = () => new Int32Array(capacity + 1);
  return {
    root: 0,
    nodes: 0,
    seed: 1,
    edge: array(),
    below: array(),
    above: array(),
    left: array(),
    right: array(),
    parent: array(),
    priority: array(),
  };
}

/**
 * Goes down the treap. `side` says where what is looked for lies: positive above that edge, negative below it, 0 on
 * it. Returns the node that it lies on, or else the nodes next to it.
 */
export function locate(
  status: SweepStatus,
  side: (edge: number) => number,
): { on: number; below: number; above: number } {
  let below = 0;
  let above = 0;
  for (let node = status.root; node !== 0; ) {
    const where = side(status.edge[node] as number);
    if (where === 0) return { on: node, below, above };
    if (where > 0) {
      below = node;
      node = status.right[node] as number;
    } else {
      above = node;
      node = status.left[node] as number;
    }
  }
  return { on: 0, below, above };
}

/** Puts an edge between two neighbours. Returns its node. */
export function insert(status: SweepStatus, edge: number, below: number, above: number): number {
  const node = ++status.nodes;
  status.edge[node] = edge;
  status.priority[node] = random(status);
  status.below[node] = below;
  status.above[node] = above;
  status.above[below] = node;
  status.below[above] = node;
  // Of two neighbours one is the other's descendant, so that one of these two places is free.
  if (below !== 0 && status.right[below] === 0) {
    status.right[below] = node;
    status.parent[node] = below;
  } else if (above !== 0) {
    status.left[above] = node;
    status.parent[node] = above;
  } else {
    status.root = node;
  }
  rise(status, node);
  return node;
}

/** Takes a node out. */
export function remove(status: SweepStatus, node: number): void {
  const { left, right, priority } = status;
  for (;;) {
    const a = left[node] as number;
    const b = right[node] as number;
    if (a === 0 && b === 0) break;
    rotateUp(status, b === 0 || (a !== 0 && (priority[a] as number) > (priority[b] as number)) ? a : b);
  }
  const parent = status.parent[node] as number;
  if (parent === 0) status.root = 0;
  else if (left[parent] === node) left[parent] = 0;
  else right[parent] = 0;
  const below = status.below[node] as number;
  const above = status.above[node] as number;
  status.above[below] = above;
  status.below[above] = below;
}

function rise(status: SweepStatus, node: number): void {
  const { parent, priority } = status;
  while (parent[node] !== 0 && (priority[node] as number) > (priority[parent[node] as number] as number)) {
    rotateUp(status, node);
  }
}

function rotateUp(status: SweepStatus, node: number): void {
  const { left, right, parent } = status;
  const down = parent[node] as number;
  const top = parent[down] as number;
  const moved = (left[down] === node ? right[node] : left[node]) as number;
  if (left[down] === node) {
    left[down] = moved;
    right[node] = down;
  } else {
    right[down] = moved;
    left[node] = down;
  }
  if (moved !== 0) parent[moved] = down;
  parent[down] = node;
  parent[node] = top;
  if (top === 0) status.root = node;
  else if (left[top] === down) left[top] = node;
  else right[top] = node;
}

/** The next number of a xorshift generator: the same sequence each time, as verdicts must be. */
function random(status: SweepStatus): number {
  let seed = status.seed;
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  status.seed = seed;
  return seed;
}
