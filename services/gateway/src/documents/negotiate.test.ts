import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { describe, expect, test } from "vitest";
import { matchRoute, routeTable } from "../routes/route-table.ts";
import { negotiate, preferred } from "./negotiate.ts";

describe("of JSON, GeoJSON and events", () => {
  const types = ["application/json", "application/geo+json", "text/event-stream"];
  test.each([
    [undefined, 0],
    ["", 0],
    ["*/*", 0],
    ["application/*", 0],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0],
    ["application/geo+json", 1],
    ["APPLICATION/GEO+JSON; charset=utf-8", 1],
    ["application/json;q=0.5, application/geo+json", 1],
    ["application/json; q=0.5, application/geo+json", 1],
    ["application/json ; charset=utf-8 ; Q=0.5, application/geo+json; q=0.6", 1],
    ["application/json; q=0, application/geo+json; q=0", -1],
    ["application/json;q=0, */*", 1],
    ["application/geo+json, */*", 1],
    ["text/event-stream, application/json", 2],
    ["text/*", 2],
    ["text/event-stream, */*;q=0.1", 2],
    ["*/*, application/json;q=0.1", 1],
    ["application/*;q=0.2, text/event-stream;q=0.3", 2],
    ["application/xml", -1],
    ["application/json;q=0", -1],
    ["application/json;q=nonsense", -1],
    [";;,,q=1", -1],
  ])("%s prefers %i", (accept, index) => {
    expect(preferred(accept, types)).toBe(index);
  });
});

describe("a resource that is both a list and a stream", () => {
  const table = routeTable(SERVICES);
  const { endpoint } = matchRoute(table, "GET", "/v1/projects/7/tasks");
  test.each([
    [undefined, undefined, "ListTasks", "json"],
    ["*/*", undefined, "ListTasks", "json"],
    ["application/geo+json", undefined, "StreamTasks", "geojson"],
    ["application/x-ndjson", undefined, "StreamTasks", "ndjson"],
    ["application/json", "geojson", "StreamTasks", "geojson"],
    ["text/csv", undefined, "StreamTasks", "csv"],
    ["application/gpx+xml", undefined, "StreamTasks", "gpx"],
    [undefined, "osm", "StreamTasks", "osm"],
    ["application/geo+json", "json", "ListTasks", "json"],
  ])("by Accept %s and f=%s is answered by %4$s", (accept, f, rpc, form) => {
    const offer = negotiate(endpoint, accept, f);
    expect([offer.route.rpc.name, offer.form]).toEqual([rpc, form]);
  });

  test.each([
    ["text/html", undefined],
    [undefined, "sse"],
    [undefined, "xml"],
  ])("is not acceptable by Accept %s and f=%s", (accept, f) => {
    expect(() => negotiate(endpoint, accept, f)).toThrow(
      /application\/json, application\/geo\+json, text\/csv/,
    );
  });
});

describe("a document that can be followed", () => {
  const { endpoint } = matchRoute(routeTable(SERVICES), "GET", "/v1/projects/7/operations/3");
  test.each([
    [undefined, "GetOperation", "json"],
    ["*/*", "GetOperation", "json"],
    ["text/event-stream", "WatchOperation", "sse"],
    ["application/x-ndjson", "WatchOperation", "ndjson"],
  ])("by Accept %s is answered by %s", (accept, rpc, form) => {
    const offer = negotiate(endpoint, accept, undefined);
    expect([offer.route.rpc.name, offer.form]).toEqual([rpc, form]);
  });
});

test("where there is only a stream, its own form comes first: events for a feed", () => {
  const { endpoint } = matchRoute(routeTable(SERVICES), "GET", "/v1/projects/7/task-events");
  expect(negotiate(endpoint, undefined, undefined).form).toBe("sse");
  expect(negotiate(endpoint, "application/x-ndjson", undefined).form).toBe("ndjson");
});
