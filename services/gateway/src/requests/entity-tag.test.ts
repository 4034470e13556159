import { expect, test } from "vitest";
import { codedTag, entityTag, heldTag, knownTag, listsTag, revisionIn } from "./entity-tag.ts";

/** What becomes of a tag on its way through us and a proxy, by the proxy. */
const ON_THE_WAY: [string, (tag: string) => string][] = [
  ["no proxy", (tag) => tag],
  ["nginx, Envoy, Varnish", (tag) => `W/${tag}`],
  ["Apache, Caddy", (tag) => codedTag(tag, "gzip")],
  ["Apache with brotli", (tag) => codedTag(tag, "br")],
  ["Caddy with zstd", (tag) => codedTag(tag, "zstd")],
  ["Jetty", (tag) => tag.replace(/"$/, '--gzip"')],
  ["an older server", (tag) => tag.replace(/"$/, ';gzip"')],
  ["two of them", (tag) => `W/${codedTag(codedTag(tag, "br"), "gzip")}`],
];

/** Tags of every kind: a revision, a digest of bytes, what a service gives a list. */
const TAGS = [7n, "0f3a9c5be0d1427788aa00b1c2d3e4f5", "v1.list"];
const FORMS = ["json", "geojson", "csv", "ndjson"];

test.each(ON_THE_WAY)("a tag is known after %s", (_, onTheWay) => {
  for (const form of FORMS) {
    for (const of of TAGS) {
      const tag = entityTag(of, form);
      const sent = onTheWay(tag);
      expect(listsTag(sent, tag), sent).toBe(true);
      expect(listsTag(`"other", ${sent}`, tag), sent).toBe(true);
      expect(listsTag(onTheWay(entityTag("other", form)), tag), sent).toBe(false);
      expect(knownTag(sent, form), sent).toBe(String(of));
    }
    expect(revisionIn(onTheWay(entityTag(7n, form)))).toBe(7n);
  }
});

test.each([
  [undefined, "gzip", '"7"'],
  ['"7-gzip"', "gzip", '"7-gzip"'],
  ['W/"7-gzip"', "gzip", '"7-gzip"'],
  ['"7"', "gzip", '"7"'],
  ['"7", "7-gzip"', "gzip", '"7-gzip"'],
  ['"7-gzip"', "br", '"7"'],
  ['"7-gzip"', undefined, '"7"'],
  ["*", "gzip", '"7"'],
])("to who holds %s and would be sent %s, 304 says %s", (ifNoneMatch, coding, expected) => {
  expect(heldTag(ifNoneMatch, '"7"', coding)).toBe(expected);
});
