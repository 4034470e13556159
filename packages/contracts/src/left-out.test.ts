import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { leaves_out } from "../gen/tessera/rpc/v1/options_pb.ts";
import { SERVICES } from "./catalogue.ts";

const FIELDS = [
  ...new Set(SERVICES.flatMap(({ methods }) => methods.flatMap(({ output }) => below(output)))),
];
const HOLDERS = FIELDS.filter((field) => getOption(field, leaves_out).length > 0);

/** The fields of a message, and of all messages in it. */
function below(desc: DescMessage, seen = new Set<DescMessage>()): DescField[] {
  if (seen.has(desc)) return [];
  seen.add(desc);
  return desc.fields.flatMap((field) => [field, ...(field.message ? below(field.message, seen) : [])]);
}

test("lists of projects, licences and uploads leave something out", () => {
  const names = HOLDERS.map(({ parent, name }) => `${parent.name}.${name}`);
  expect(names).toEqual(
    expect.arrayContaining([
      "ListProjectsResponse.projects",
      "ListLicencesResponse.licences",
      "ListAreaUploadsResponse.area_uploads",
    ]),
  );
});

describe.each(HOLDERS.map((field) => [`${field.parent.name}.${field.name}`, field] as const))(
  "%s",
  (_, holder) => {
    test.each(getOption(holder, leaves_out))("leaves out %s, which is no value when it is absent", (name) => {
      const field = holder.message?.fields.find((it) => it.name === name);
      const isList = field?.fieldKind === "list" || field?.fieldKind === "map";
      expect(field).toBeDefined();
      expect(isList || field?.presence === FeatureSet_FieldPresence.EXPLICIT).toBe(true);
    });
  },
);
