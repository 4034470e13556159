import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SOURCE = new URL("./", import.meta.url);
const PAGE = new URL("../../../docs/scaling.md", SOURCE);
/** A function of a store file with what it takes. */
const FUNCTION = /^export (?:async )?function (\w+)\s*(?:<[^>]*>)?\(([^)]*)/gm;
/** They make parts of lists' statements from names of columns. */
const PARTS = ["columnsOf"];

/** It puts those of the tiles together. */
const WHOLE = ["tileStore"];

/** The functions of store files that take SQL. */
function storeFunctions(): string[] {
  const paths = readdirSync(SOURCE, { recursive: true }).map(String);
  const stores = paths.filter((path) => path.endsWith("store.ts") && path !== "store.ts");
  return stores.flatMap((path) => {
    const text = readFileSync(new URL(path, SOURCE), "utf8");
    return [...text.matchAll(FUNCTION)]
      .filter(([, , takes = ""]) => /\b(Transaction)?Sql\b/.test(takes))
      .map(([, name = ""]) => name);
  });
}

/** The functions in the table of statements. */
function listed(): string[] {
  const page = readFileSync(PAGE, "utf8");
  const table = page.slice(page.indexOf("| functions |"), page.indexOf("A test compares"));
  return table
    .split("\n")
    .filter((line) => !line.includes("(SQL)"))
    .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name));
}

test("docs/scaling.md says of each function with SQL where its statements go", () => {
  const found = storeFunctions().filter((name) => ![...PARTS, ...WHOLE].includes(name));
  expect(found.length).toBeGreaterThan(40);
  expect([...new Set(listed())].sort()).toEqual([...new Set(found)].sort());
});
