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

describe("among templates with wildcards", () => {
  const trie = trieOf("/a/**", "/b/*", "/c/*/d/**", "/c/*/d/e", "/c/f/d/e", "/g/{x}/{y=z/*}");
  test.each([
    ["/a", "/a/**"],
    ["/a/b/c", "/a/**"],
    ["/b/c", "/b/*"],
    ["/b", undefined],
    ["/b/", undefined],
    ["/b/c/d", undefined],
    ["/c/u/d/v", "/c/*/d/**"],
    ["/c/v/d/w/x", "/c/*/d/**"],
    ["/c/x/y/d/z", undefined],
    ["/c//v/d/w/x", undefined],
    ["/c/x/d/e", "/c/*/d/e"],
    ["/c/f/d/e", "/c/f/d/e"],
    ["/c/f/d/x", "/c/*/d/**"],
    ["/g/1/z/2", "/g/{x}/{y=z/*}"],
    ["/%62/c", "/b/*"],
    ["/b/%zz", "/b/*"],
    ["/", undefined],
  ])("%s is %s", (path, template) => {
    expect(found(trie, path)).toBe(template);
  });
});

describe("among templates with an end after many segments", () => {
  const trie = trieOf(
    "/a/{x=b/**}",
    "/a/{x=b/**}/z",
    "/a/{x=b/**}/y/z",
    "/a/{x=b/**}:verb",
    "/a/{x=**}",
    "/f/{x=*}/{y=**}/g",
    "/f/{x=*}/{y=**}/g:verb",
  );
  test.each([
    ["/a/b/hello/world/c", "/a/{x=b/**}"],
    ["/a/b/world/c/z", "/a/{x=b/**}/z"],
    ["/a/b/world/c/y/z", "/a/{x=b/**}/y/z"],
    ["/a/b/world/c:verb", "/a/{x=b/**}:verb"],
    ["/a/hello/b/world/c", "/a/{x=**}"],
    ["/f/foo/bar/baz/g", "/f/{x=*}/{y=**}/g"],
    ["/f/foo/bar/baz/g:verb", "/f/{x=*}/{y=**}/g:verb"],
    ["/f/foo/bar/baz/g:other", undefined],
  ])("%s is %s", (path, template) => {
    expect(found(trie, path)).toBe(template);
  });
});

describe("among templates with verbs", () => {
  const trie = trieOf("/person", "/person/{id=*}", "/{x=**}:verb", "/some/*/foo:verb", "/foo/*/hello");
  test.each([
    ["/person:verb", "/{x=**}:verb"],
    ["/person/jason:verb", "/{x=**}:verb"],
    ["/animal/cat:verb", "/{x=**}:verb"],
    ["/person/jason", "/person/{id=*}"],
    ["/person/jason:other", "/person/{id=*}"],
    ["/person:other", undefined],
    ["/animal", undefined],
    ["/person:", undefined],
    ["/person/:verb", "/person/{id=*}"],
    ["/some/bar/foo:verb", "/some/*/foo:verb"],
    ["/foo/other:verb/hello", "/foo/*/hello"],
  ])("%s is %s", (path, template) => {
    expect(found(trie, path)).toBe(template);
  });
});

test("the names of variables make no second place", () => {
  const trie = trieOf("/a/{x}");
  expect(valueAt(trie, parseTemplate("/a/{y.z}"), () => "new")).toBe("/a/{x}");
});

test("a path of 10,000 segments is looked up in no time", () => {
  const trie = trieOf("/a/{x=**}/b/c", "/{y=**}/d", "/*/*/*");
  expect(found(trie, "/a".repeat(10_000))).toBeUndefined();
});
