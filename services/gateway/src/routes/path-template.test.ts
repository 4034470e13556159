import { describe, expect, test } from "vitest";
import { bindVariable, parseTemplate } from "./path-template.ts";

describe("a path template", () => {
  test.each([
    ["/v1/shelves", ["v1", "shelves"], {}, ""],
    ["/shelves/{shelf}/books/{book}", ["shelves", "*", "books", "*"], { shelf: [1, 2], book: [3, 0] }, ""],
    ["/v1/{name=messages/*}", ["v1", "messages", "*"], { name: [1, 0] }, ""],
    [
      "/v1/messages/{message_id}/{sub.subfield}",
      ["v1", "messages", "*", "*"],
      { message_id: [2, 1], "sub.subfield": [3, 0] },
      "",
    ],
    ["/a/{a.b.c=*}", ["a", "*"], { "a.b.c": [1, 0] }, ""],
    ["/a/{b=**}", ["a", "**"], { b: [1, 0] }, ""],
    ["/a/{b=c/**}/d/e", ["a", "c", "**", "d", "e"], { b: [1, 2] }, ""],
    ["/a/{b=c/**/d}/e:verb", ["a", "c", "**", "d", "e"], { b: [1, 1] }, "verb"],
    ["/*/**", ["*", "**"], {}, ""],
    ["/**:verb", ["**"], {}, "verb"],
    ["/{x.y.z=*/*}:verb", ["*", "*"], { "x.y.z": [0, 0] }, "verb"],
    ["/a%20b/c", ["a b", "c"], {}, ""],
  ])("%s", (text, segments, variables, verb) => {
    const template = parseTemplate(text);
    const read = template.variables.map((it) => [it.fieldPath.join("."), [it.start, it.after]]);
    expect(template.segments).toEqual(segments);
    expect(Object.fromEntries(read)).toEqual(variables);
    expect(template.verb).toBe(verb);
  });

  test.each(
    (
      " / // /{} /a/ /a//b :verb /:verb /a/:verb : /: /*: /**: /{var}: /a/{ /a/{var /a/{var. /a/{x=var:verb} a {x} " +
      "{x=/a} a/{x}/b /a/{var=/b} /{var=a/{nested=b}} /a{x} /{x}a /a{x}b /{x}a{y} /a/b{x}/s /{1x} /a:b/c /a/%zz " +
      "/a/**/* /a/**/foo/* /a/**/** /a/{b=**}/{c}"
    ).split(" "),
  )("is refused where it breaks the grammar: %s", (text) => {
    expect(() => parseTemplate(text)).toThrow();
  });
});

describe("a variable", () => {
  test.each([
    ["/a/{x}/c", ["a", "p%20q%2Fr", "c"], "p q/r"],
    ["/{x}", ["%C3%A9"], "é"],
    ["/{x=p/*/q/*}/c", ["p", "foo%20foo", "q", "bar%2Fbar", "c"], "p/foo foo/q/bar%2Fbar"],
    ["/a/{x=**}/c", ["a", "p", "b%2fb", "c"], "p/b%2fb"],
    ["/a/{x=**}", ["a"], ""],
    ["/a/{x=**}", ["a", "%21%23%2F%40"], "!#%2F@"],
    ["/a/{x=**}", ["a", "%252F"], "%2F"],
  ])("of %s takes %j as %s", (text, segments, value) => {
    const [variable] = parseTemplate(text).variables;
    expect(variable && bindVariable(variable, segments)).toBe(value);
  });

  test("is refused where it is not percent-encoded UTF-8", () => {
    const [variable] = parseTemplate("/{x}").variables;
    for (const bad of ["%", "%zz", "%ff", "%c3"])
      expect(() => variable && bindVariable(variable, [bad])).toThrow();
  });
});
