import type { DescMethod, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { isCommand } from "@tessera/contracts/reason-facts.ts";
import { type Case, command } from "./case.ts";
import type { Headers, World } from "./world.ts";

/** Somebody who calls, something that a request names, or both. */
export interface Part {
  who?: Headers | undefined;
  id?: JsonValue;
}

/** Gives each part that a row names by its name; the same one each time. */
export type Cast = (name: string) => Promise<Part>;

/** What a table of cases plays with. `steps` happen before the call. */
export interface Theatre {
  methods: Record<string, DescMethod>;
  /** `isRefused` where the call and what happens before it change nothing that others could meet. */
  cast: (world: World, setting: string, isRefused: boolean) => Cast;
  steps: Record<string, (cast: Cast, world: World) => Promise<unknown>>;
}

/**
 * The cases of a table in text. A line has, two spaces or more apart: the RPC, what is special about the case, its
 * setting, what happens before (steps and parts, in their order), who calls, the answer, and the fields of the request.
 * `-` stands for nothing. A field is `name=value`, a name may have dots, `$` begins the name of a part, `a..b` in a
 * list stands for all numbers from a to b, and a text is in quotes where it looks like something else.
 */
export function casesIn(table: string, theatre: Theatre): Case[] {
  return table
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => caseOf(line, theatre));
}

function caseOf(line: string, { methods, cast, steps }: Theatre): Case {
  const [rpc = "", what = "", setting = "", before = "", by = "", expected = "", fields, ...more] =
    line.split(/ {2,}/);
  const method = methods[rpc];
  if (method === undefined || fields === undefined || more.length > 0)
    throw new Error(`the table has a line that cannot be read: ${line}`);
  const play = async (world: World) => {
    const parts = cast(world, setting, expected !== "OK" && before === "-");
    for (const name of before.split(",").filter((it) => it !== "-")) {
      await (steps[name]?.(parts, world) ?? parts(name));
    }
    const request = await requestOf(fields, parts);
    const { who } = await parts(by);
    return { request: isCommand(method) ? command(request) : request, ...(who && { who }) };
  };
  return { method, what, expected, play };
}

async function requestOf(fields: string, cast: Cast): Promise<JsonObject> {
  const request: JsonObject = {};
  for (const field of fields.split(" ").filter((it) => it !== "-")) {
    const [, path = "", value = ""] = /^([\w.]+)=(.*)$/.exec(field) ?? [];
    if (path === "") throw new Error(`${JSON.stringify(field)} is no field with a value`);
    const names = path.split(".");
    const last = names.pop() ?? "";
    let at = request;
    for (const name of names) {
      at[name] ??= {};
      at = at[name] as JsonObject;
    }
    at[last] = await jsonOf(value, cast);
  }
  return request;
}

async function jsonOf(text: string, cast: Cast): Promise<JsonValue> {
  if (text.startsWith("$")) {
    const { id } = await cast(text.slice(1));
    if (id === undefined) throw new Error(`${text} cannot be named in a request`);
    return id;
  }
  if (text.startsWith("[")) {
    const items = text
      .slice(1, -1)
      .split(",")
      .filter((it) => it !== "");
    const values: JsonValue[] = [];
    for (const item of items) {
      const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(item) ?? [];
      if (from === undefined) values.push(await jsonOf(item, cast));
      else for (let number = Number(from); number <= Number(to); number++) values.push(number);
    }
    return values;
  }
  if (text.startsWith('"')) return JSON.parse(text) as string;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** A cast of parts that are made when they are first named. */
export function castOf(makers: Record<string, () => Promise<Part> | Part>): Cast {
  const made = new Map<string, Promise<Part>>();
  return (name) => {
    const maker = makers[name];
    if (maker === undefined) throw new Error(`no part is called ${name}`);
    const part = made.get(name) ?? Promise.resolve(maker());
    made.set(name, part);
    return part;
  };
}
