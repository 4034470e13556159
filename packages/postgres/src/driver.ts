import type postgres from "postgres";

/** The driver with our types for parameters and columns. */
export type Driver = postgres.Sql<{ bigint: bigint }>;

/** How the driver understood an address; it hands this to whoever opens sockets for it. */
export interface Address {
  /** Several where the URL names several, each with its port. */
  host: string[];
  port: number[];
  /** Of a Unix socket. */
  path?: string | false;
}

/**
 * A statement of the driver, not yet sent: a promise that calls `handler` when somebody waits for it. These fields are
 * the driver's own, which is why its version is pinned.
 */
export interface Statement {
  handler(statement: Statement): void;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  cancelled: unknown;
}

/** The tagged template and builders of `driver`, whose statements `send` sends instead of the driver's own pool. */
export function builtBy(
  driver: Driver,
  send: (statement: Statement) => void,
): postgres.ISql<{ bigint: bigint }> {
  const sentBySend = <T>(built: T): T => {
    if (isStatement(built)) built.handler = send;
    return built;
  };
  const build = (first: Parameters<Driver>[0], ...rest: unknown[]) =>
    sentBySend(driver(first, ...(rest.map((value) => untyped(driver, value)) as Parameters<Driver>[1][])));
  const { json, array, types, typed } = driver;
  const unsafe: Driver["unsafe"] = (...args) => sentBySend(driver.unsafe(...args));
  return Object.assign(build, { json, array, types, typed, unsafe }) as unknown as ReturnType<typeof builtBy>;
}

/**
 * The driver takes a list of these for one value of their type; as a parameter without a type it becomes what the
 * server expects in that place.
 */
function untyped(driver: Driver, value: unknown): unknown {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  const isMistaken = typeof first === "bigint" || typeof first === "boolean" || first instanceof Date;
  return isMistaken ? driver.typed(value, 0) : value;
}

function isStatement(built: unknown): built is Statement {
  return built instanceof Promise && "handler" in built;
}
