import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { allReasons, refusalsOf, rulesOf } from "@tessera/contracts/reason-facts.ts";
import { RefusalClass } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, grpcDoor, restDoor } from "../ground/door.ts";
import { tokenOf, type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";
import { AREA_SETTINGS } from "./area-cases.table.ts";
import { isReference, statusOf, valueAt } from "./references.ts";
import { CASES } from "./refusal-cases.table.ts";

let system: TestSystem;
const doors: Door[] = [];

beforeAll(async () => {
  system = await testSystem(AREA_SETTINGS);
  const connections = system.connections as Record<string, (typeof system.connections)["auth"]>;
  const service = (typeName: string) =>
    connections[typeName.split(".")[1] as string] as (typeof system.connections)["auth"];
  doors.push(
    grpcDoor((method) => service(method.parent.typeName)),
    restDoor(system.url),
  );
});

afterAll(() => system.stop());

describe.each([0, 1])("through door %i (0 gRPC, 1 REST)", (index) => {
  let ground: World;
  beforeAll(async () => {
    ground = await world(system);
  });

  test.each(CASES.map((it) => [`${it.method.name}, ${it.what}: ${it.expected}`, it] as const))(
    "%s",
    async (_, it) => {
      const { request, who } = await it.play(ground);
      const door = doors[index] as Door;
      const answer = await door.call(it.method, request, who && tokenOf(who));
      // What cannot be said in HTTP is refused by the gateway, in the same status and for the same field.
      const asRest =
        door.name === "REST" && it.expected === "FIELD_INVALID"
          ? [it.expected, "FIELD_UNREADABLE"]
          : [it.expected];
      expect(asRest).toContain(answer.reason);
      if (answer.reason === "OK") return;
      const facts = allReasons().find(({ name }) => name === answer.reason);
      if (facts === undefined) throw new Error(`${answer.reason} is no reason`);
      expect(answer.status).toBe(door.name === "REST" ? statusOf(it.method, facts) : facts.httpStatus);
      if (isReference(it.method, facts)) {
        expect(answer.fields).not.toEqual([]);
        expect(answer.fields.map((field) => valueAt(request, field))).not.toContain(undefined);
      }
      expect(facts.metadataKeys).toEqual(expect.arrayContaining(Object.keys(answer.metadata)));
      if (answer.reason.startsWith("FIELD_")) expect(answer.fields.length).toBeGreaterThan(0);
    },
  );
});

/** Reasons that the cases above cannot bring about, and where they are brought about instead. */
const ELSEWHERE: Record<string, string> = {
  AREA_TOO_INTRICATE:
    "services/task, in cut-area.test.ts: areas that bring it about are found by chance only",
  SIGN_IN_NOT_OFFERED: "services/auth, in a deployment without development sign-in",
};

const METHODS = SERVICES.flatMap(({ methods }) => methods).map((method) => [method.name, method] as const);

test.each(METHODS)("%s answers every reason that it declares, and no other", (_, method) => {
  const declared = rulesOf(method).refusals.filter((name) => !(name in ELSEWHERE));
  // Each case above gets what it expects, through both doors.
  const answered = new Set(CASES.filter((it) => it.method === method).map(({ expected }) => expected));
  const ofClass = refusalsOf(method)
    .filter((it) => it.class !== RefusalClass.UNSPECIFIED)
    .map(({ name }) => name);
  const own = [...answered].filter((name) => !ofClass.includes(name) && name !== "OK");
  expect(own.sort()).toEqual(declared.sort());
});

test.each(METHODS)("%s has a case in which it does what it is for", (_, method) => {
  expect(CASES.some((it) => it.method === method && it.expected === "OK")).toBe(true);
});
