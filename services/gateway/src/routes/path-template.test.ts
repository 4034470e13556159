import { describe, expect, test } from "vitest";
import { parseTemplate } from "./path-template.ts";

describe("a path template", () => {
  test.each([
    ["/v1/shelves", ["v1", "shelves"], {}],
    ["/shelves/{shelf}/books/{book}", ["shelves", undefined, "books", undefined], { shelf: 1, book: 3 }],
    [
      "/v1/messages/{message_id}/{sub.subfield}",
      ["v1", "messages", undefined, undefined],
      { message_id: 2, "sub.subfield": 3 },
    ],
    ["/a%20b/c", ["a b", "c"], {}],
  ])("%s", (text, segments, variables) => {
    const template = parseTemplate(text);
    const read = template.variables.map((it) => [it.fieldPath.join("."), it.at]);
    expect(template.segments).toEqual(segments);
    expect(Object.fromEntries(read)).toEqual(variables);
  });

  test.each(
    (
      " / // /{} /a/ /a//b :verb /:verb /a/:verb : /: /a/{ /a/{var /a/{var. a {x} a/{x}/b /a{x} /{x}a /a{x}b /{x}a{y} " +
      "/{1x} /a:b/c /a/%zz /a/%c3 /a:verb /{x}:verb /* /a/** /{x=*} /{x=**} /{x=a/*} /a/{x=b/**}/c"
    ).split(" "),
  )("is refused where it is more than segments and variables: %s", (text) => {
    expect(() => parseTemplate(text)).toThrow();
  });
});
