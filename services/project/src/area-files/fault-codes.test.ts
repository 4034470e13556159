import { readFileSync } from "node:fs";
import { GEOMETRY_RULES } from "@tessera/geometry/areas/geometry-fault.ts";
import { expect, test } from "vitest";
import { FILE_RULES } from "./file-fault.ts";

const CONTRACT = new URL("../../../../proto/tessera/project/v1/area_upload.proto", import.meta.url);
/** The comment of the field `rule`. */
const COMMENT = /message AreaFault \{\n((?: *\/\/.*\n)+) *string rule = 1;/;
const CODE = /`([a-z0-9]+(?:-[a-z0-9]+)+)`/g;

test("the contract names every rule that a file or an area may break, and no other", () => {
  const comment = COMMENT.exec(readFileSync(CONTRACT, "utf8"))?.[1] ?? "";
  const documented = [...comment.matchAll(CODE)].map(([, code]) => code);
  expect(documented.toSorted()).toEqual([...Object.keys(FILE_RULES), ...Object.keys(GEOMETRY_RULES)].sort());
});

test("the sentence of a rule ends with a stop and shows no pattern", () => {
  for (const sentence of Object.values({ ...FILE_RULES, ...GEOMETRY_RULES })) {
    expect(sentence).toMatch(/^[A-Z].*[.)]$/s);
    expect(sentence).not.toMatch(/[\\^$*+?]|\[[a-z0-9]-/);
  }
});
