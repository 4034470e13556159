import { describe, expect, test } from "vitest";
import { parseTemplate } from "../routes/path-template.ts";
import type { Route } from "../routes/route.ts";
import { fileHeaders } from "./file-name.ts";

function named(template: string, path: string, query: string, form: string, route: object = {}) {
  const offered = { rpc: { methodKind: "unary" }, template: parseTemplate(template), ...route };
  return fileHeaders({ path, query }, { form, route: offered as Route })["Content-Disposition"];
}

describe("a file is named after what is in it", () => {
  test.each([
    ["/v1/projects", "/v1/projects", "projects.csv"],
    ["/v1/projects/{project_id}", "/v1/projects/7", "project-7.csv"],
    ["/v1/projects/{project_id}/tasks", "/v1/projects/7/tasks", "project-7-tasks.csv"],
    ["/v1/projects/{project_id}/tasks/{task_id}", "/v1/projects/7/tasks/42", "project-7-task-42.csv"],
    ["/v1/me/held_locks", "/v1/me/held_locks", "me-held-locks.csv"],
    ["/v1/shelves/{book.shelf}/books", "/v1/shelves/a%20b/books", '"shelf-a b-books.csv"'],
  ])("%s at %s is %s", (template, path, name) => {
    const given = named(template, path, "f=csv", "csv");
    expect(given).toBe(`attachment; filename=${name}`);
  });

  test("in letters of any script (RFC 8187), and without parts of a path", () => {
    expect(named("/v1/shelves/{shelf}", "/v1/shelves/%E2%82%AC", "f=csv", "csv")).toBe(
      "attachment; filename=\"shelf-?.csv\"; filename*=UTF-8''shelf-%E2%82%AC.csv",
    );
    expect(named("/v1/shelves/{shelf}", "/v1/shelves/..%2F..%2Fetc", "f=csv", "csv")).toBe(
      "attachment; filename=shelf-..-..-etc.csv",
    );
    expect(named("/v1/shelves/{shelf}", "/v1/shelves/a%0D%0Ab", "f=csv", "csv")).not.toMatch(/[\r\n]/);
  });
});

test.each([
  ["f=gpx", "gpx", "project-7-tasks.gpx"],
  ["f=gpx&fields=state", "gpx", "project-7-tasks.gpx"],
  ["f=gpx&filter.task_ids=1", "gpx", "project-7-tasks-selection.gpx"],
  ["page_token=abc&f=csv", "csv", "project-7-tasks-selection.csv"],
])("%s is saved as %3$s", (query, form, name) => {
  const path = "/v1/projects/7/tasks";
  expect(named("/v1/projects/{project_id}/tasks", path, query, form)).toBe(`attachment; filename=${name}`);
});

test.each([
  ["", "csv"],
  ["fields=f", "geojson"],
  ["f=json", "json"],
  ["f=sse", "sse"],
])("with %j, %s is no file", (query, form) => {
  expect(named("/v1/projects", "/v1/projects", query, form)).toBeUndefined();
});

test("a stream of a list is a file, and one of events is none: it does not end", () => {
  const rpc = { methodKind: "server_streaming" };
  const ofStream = (route: object) =>
    named("/v1/books", "/v1/books", "f=ndjson", "ndjson", { rpc, ...route });
  expect(ofStream({ shown: { list: true } })).toBe("attachment; filename=books.ndjson");
  expect(ofStream({ shown: { list: true }, position: {} })).toBeUndefined();
  expect(ofStream({ shown: { list: false } })).toBeUndefined();
});
