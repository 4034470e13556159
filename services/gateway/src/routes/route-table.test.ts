import type { DescMethod } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { isCommand } from "@tessera/contracts/reason-facts.ts";
import { describe, expect, test } from "vitest";
import { type TestRpc, testContract } from "../testing/contract.ts";
import { routesOf, routeTable } from "./route-table.ts";

const MESSAGES = {
  A: { id: "int32", tags: "repeated string", below: "B" },
  B: { id: "int32", name: "string" },
};
const rpc = (http: object, more: Partial<TestRpc> = {}): TestRpc => ({
  http,
  input: "A",
  output: "B",
  ...more,
});

test("every RPC of the contracts has its route", () => {
  expect(() => routeTable(SERVICES)).not.toThrow();
  expect(SERVICES.flatMap((it) => it.methods).flatMap(routesOf).length).toBeGreaterThan(15);
});

test("no path names resources of two kinds", () => {
  const kinds = new Map<string, Set<string>>();
  for (const rpc of SERVICES.flatMap((it) => it.methods)) {
    for (const { template } of routesOf(rpc)) {
      const path = template.text.replace(/\{[^}]*\}/g, "{}");
      const kind = isCommand(rpc)
        ? rpc.parent.file.proto.package
        : `${rpc.parent.file.proto.package} ${shownBy(rpc)}`;
      kinds.set(path, (kinds.get(path) ?? new Set()).add(kind));
    }
  }
  // A path returns one type, and the service that returns it also changes it.
  const mixed = [...kinds].filter(([, some]) => {
    const packages = new Set([...some].map((kind) => kind.split(" ")[0]));
    return packages.size > 1 || [...some].filter((kind) => kind.includes(" ")).length > 1;
  });
  expect(mixed).toEqual([]);
});

/** The type that a read shows: of the rows of a list, or of the one document. */
function shownBy({ output }: DescMethod): string {
  const shown = output.fields.find((it) => it.message !== undefined);
  return shown?.message?.name ?? output.name;
}

describe("at start it is refused that", () => {
  test.each([
    [
      "two RPCs have one route",
      { X: rpc({ get: "/v1/{id}" }), Y: rpc({ get: "/v1/{below.id}" }) },
      /X and Y are both GET/,
    ],
    [
      "one RPC has a route twice",
      { X: rpc({ get: "/v1", additionalBindings: [{ get: "/v1" }] }) },
      /both GET/,
    ],
    [
      "two streams have one route",
      { X: rpc({ get: "/v1" }, { stream: true }), Y: rpc({ get: "/v1" }, { stream: true }) },
      /both/,
    ],
    [
      "requests are a stream",
      { X: rpc({ post: "/v1", body: "*" }, { clientStream: true }) },
      /stream of requests/,
    ],
    ["a path binds what does not exist", { X: rpc({ get: "/v1/{nothing}" }) }, /no field "nothing"/],
    ["a path binds below a number", { X: rpc({ get: "/v1/{id.x}" }) }, /nothing lies below "id"/],
    ["a path binds a message", { X: rpc({ get: "/v1/{below}" }) }, /a message/],
    ["a path binds a list", { X: rpc({ get: "/v1/{tags}" }) }, /repeated/],
    ["a body goes nowhere", { X: rpc({ post: "/v1", body: "nothing" }) }, /no field "nothing"/],
    [
      "an answer comes from nowhere",
      { X: rpc({ get: "/v1", responseBody: "nothing" }) },
      /no field "nothing"/,
    ],
    ["an answer is a number", { X: rpc({ get: "/v1", responseBody: "id" }) }, /neither a message nor a list/],
    ["a rule has no path", { X: rpc({ body: "*" }) }, /no path/],
    ["a path is no template", { X: rpc({ get: "v1" }) }, /not a path template/],
    [
      "a parameter selects that the request does not have",
      { X: rpc({ get: "/v1" }), Y: rpc({ get: "/v1" }, { selectedBy: "nothing" }) },
      /no field "nothing"/,
    ],
    [
      "a parameter selects that the other RPC takes too",
      { X: rpc({ get: "/v1" }), Y: rpc({ get: "/v1" }, { selectedBy: "tags" }) },
      /selected by "tags", which X on the same path also takes/,
    ],
    [
      "a parameter selects on a path that no other RPC has",
      { Y: rpc({ get: "/v1" }, { selectedBy: "tags" }) },
      /on a path that no other RPC has/,
    ],
    [
      "a parameter of the path selects",
      { X: rpc({ get: "/v1/{id}" }), Y: rpc({ get: "/v1/{id}" }, { selectedBy: "id" }) },
      /"id" is part of the path/,
    ],
    [
      "a command is selected",
      { X: rpc({ post: "/v1" }), Y: rpc({ post: "/v1" }, { selectedBy: "tags" }) },
      /only a GET/,
    ],
    [
      "two parameters select on one path",
      {
        X: rpc({ get: "/v1" }, { input: "B" }),
        Y: rpc({ get: "/v1" }, { selectedBy: "tags" }),
        Z: rpc({ get: "/v1" }, { selectedBy: "below" }),
      },
      /Both "tags" and "below" select/,
    ],
    [
      "one parameter selects two RPCs",
      {
        X: rpc({ get: "/v1" }, { input: "B" }),
        Y: rpc({ get: "/v1" }, { selectedBy: "tags" }),
        Z: rpc({ get: "/v1" }, { selectedBy: "tags" }),
      },
      /Y and Z are both GET/,
    ],
  ])("%s", (_, rpcs, message) => {
    expect(() => routeTable([testContract(MESSAGES, rpcs as Record<string, TestRpc>).service])).toThrow(
      message,
    );
  });
});

test("a unary RPC and a stream may share a route", () => {
  const rpcs = { X: rpc({ get: "/v1" }), Y: rpc({ get: "/v1" }, { stream: true }) };
  expect(() => routeTable([testContract(MESSAGES, rpcs).service])).not.toThrow();
});

test("two unary RPCs may share a route where a parameter selects one of them", () => {
  const rpcs = { X: rpc({ get: "/v1" }, { input: "B" }), Y: rpc({ get: "/v1" }, { selectedBy: "tags" }) };
  expect(() => routeTable([testContract(MESSAGES, rpcs).service])).not.toThrow();
});
