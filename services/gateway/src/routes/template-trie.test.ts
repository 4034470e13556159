import { describe, expect, test } from "vitest";
import { parseTemplate } from "./path-template.ts";
import { emptyTrie, find, valueAt } from "./template-trie.ts";

function trieOf(...templates: string[]) {
  const trie = emptyTrie<string>();
  for (const it of templates) valueAt(trie, parseTemplate(it), () => it);
  return trie;
}

function found(trie: ReturnType<typeof trieOf>, path: string): string | undefined {
  return find(trie, path, () => true)?.value;
}

describe("among templates with variables", () => {
  const trie = trieOf("/a", "/b/{x}", "/c/{x}/d/e", "/c/f/d/e", "/c/f/d/{y}", "/{x}/g");
  test.each([
    ["/a", "/a"],
    ["/a/g", "/{x}/g"],
    ["/b/c", "/b/{x}"],
    ["/b", undefined],
    ["/b/", undefined],
    ["/b/c/d", undefined],
    ["/b/g", "/b/{x}"],
    ["/c/g", "/{x}/g"],
    ["/c/x/d/e", "/c/{x}/d/e"],
    ["/c/f/d/e", "/c/f/d/e"],
    ["/c/f/d/x", "/c/f/d/{y}"],
    ["/c/x/d/x", undefined],
    ["/c//d/e", undefined],
    ["/%62/c", "/b/{x}"],
    ["/b/%zz", "/b/{x}"],
    ["/b/c:verb", "/b/{x}"],
    ["/a:verb", undefined],
    ["/", undefined],
  ])("%s is %s", (path, template) => {
    expect(found(trie, path)).toBe(template);
  });
});

test("the names of variables make no second place", () => {
  const trie = trieOf("/a/{x}");
  expect(valueAt(trie, parseTemplate("/a/{y.z}"), () => "new")).toBe("/a/{x}");
});

test("a path of 10,000 segments is looked up in no time", () => {
  const trie = trieOf("/a/{x}/b/c", "/{y}/d", "/{x}/{y}/{z}");
  expect(found(trie, "/a".repeat(10_000))).toBeUndefined();
});
