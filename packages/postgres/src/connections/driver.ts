import postgres from "postgres";
import type { DatabaseAddress } from "../database-address.ts";

/** The driver with our types for parameters and columns. */
export type Driver = postgres.Sql<{ bigint: bigint }>;

/** Tagged-template SQL; int8 is a bigint both ways, timestamptz a Date, numeric a string. */
export type Template = postgres.ISql<{ bigint: bigint }>;

/** Runs what `build` makes with the SQL of one connection. */
export type Run = <T>(build: (sql: Template) => PromiseLike<T>) => Promise<T>;

/** A driver that builds statements and knows the types of columns; it never opens a connection itself. */
export function createDriver(
  { user, password, database }: DatabaseAddress,
  isPrepared: boolean,
  settings: Record<string, string | number>,
): Driver {
  return postgres({
    host: "127.0.0.1",
    user,
    pass: password,
    database,
    ssl: false,
    types: { bigint: postgres.BigInt },
    prepare: isPrepared,
    connection: settings as never,
    onnotice: () => {},
    // Connecting is bounded by the pool, and connections are retired by it.
    connect_timeout: 0,
    idle_timeout: 0,
    max_lifetime: null,
    max: 1,
    no_subscribe: true,
    socket: () => {
      throw new Error("Statements are sent by the pool.");
    },
  } as postgres.Options<{ bigint: postgres.PostgresType<bigint> }>) as unknown as Driver;
}

/** A driver for one connection over `socket`, which shares with `driver` what that knows of types. */
export function driverOver(socket: unknown, driver: Driver, fetchTypes: boolean): Driver {
  let isTaken = false;
  const options = {
    ...driver.options,
    fetch_types: fetchTypes,
    parameters: {},
    socket: () => {
      if (isTaken) throw new Error("A connection is opened once.");
      isTaken = true;
      return socket;
    },
  };
  return postgres(options as never) as unknown as Driver;
}

/** The tagged template and builders of `driver`; a statement is run by `run` when somebody waits for it, and once. */
export function template(driver: Driver, run: Run): Template {
  const build = (first: Parameters<Driver>[0], ...rest: unknown[]): unknown => {
    const args = rest.map((value) => untyped(driver, value)) as Parameters<Driver>[1][];
    const built = driver(first, ...args) as unknown;
    if (!(built instanceof Promise)) return built;
    return sentBy(run, built, (sql) => (sql as Driver)(first, ...args) as unknown as PromiseLike<unknown>);
  };
  const unsafe: Driver["unsafe"] = (...args) =>
    sentBy(run, driver.unsafe(...args), (sql) => sql.unsafe(...args));
  const { json, array, types, typed } = driver;
  return Object.assign(build, { json, array, types, typed, unsafe }) as unknown as Template;
}

/**
 * A statement of the driver that may also be part of another one. Waiting for it runs the same statement on a connection
 * instead of having the driver open one.
 */
function sentBy<S extends Promise<unknown>>(run: Run, statement: S, build: (sql: Template) => unknown): S {
  let sent: Promise<unknown> | undefined;
  const send = () => {
    sent ??= run((sql) => like(statement, build(sql)));
    return sent;
  };
  return Object.assign(statement, {
    // biome-ignore lint/suspicious/noThenProperty: a statement is a promise that begins when it is waited for
    then: ((...handlers) => send().then(...handlers)) as Promise<unknown>["then"],
    catch: ((handler) => send().catch(handler)) as Promise<unknown>["catch"],
    finally: ((handler) => send().finally(handler)) as Promise<unknown>["finally"],
    execute: () => {
      send().catch(() => {});
      return statement;
    },
  });
}

/** Carries over what `unprepared` and `raw` said of a statement: fields of the driver's own, whose version is pinned. */
function like(statement: object, built: unknown): PromiseLike<unknown> {
  const { options, isRaw } = statement as { options: object; isRaw: boolean };
  return Object.assign(built as PromiseLike<unknown>, { options, isRaw });
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
