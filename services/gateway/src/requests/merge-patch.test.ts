import { expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { maskOf } from "./merge-patch.ts";

const { message } = testContract(
  {
    Shelf: {
      name: "string",
      tags: "repeated string",
      spot: "Spot",
      opened: "google.protobuf.Timestamp",
      note: "google.protobuf.StringValue",
      area: "tessera.geo.v1.MultiPolygon",
      spots: "repeated Spot",
    },
    Spot: { floor_number: "int32", room: "Room" },
    Room: { label: "string" },
  },
  {},
);

test.each([
  [{}, []],
  [{ name: "x" }, ["name"]],
  [{ name: null }, ["name"]],
  [{ tags: ["a"] }, ["tags"]],
  [{ tags: [] }, ["tags"]],
  [{ spot: { floorNumber: 2 } }, ["spot.floor_number"]],
  [{ spot: { floor_number: 2, room: { label: null } } }, ["spot.floor_number", "spot.room.label"]],
  [{ spot: null }, ["spot"]],
  [{ spot: {} }, []],
  [{ spots: [{ floor_number: 1 }] }, ["spots"]],
  [{ opened: "2026-11-22T00:00:00Z", note: "n" }, ["opened", "note"]],
  [{ area: { type: "Polygon", coordinates: [] } }, ["area"]],
  [{ unknown: 1, name: "x" }, ["name"]],
  [null, []],
  [[1], []],
])("%j sets %j", (patch, paths) => {
  expect(maskOf(message("Shelf"), patch)).toEqual(paths);
});
