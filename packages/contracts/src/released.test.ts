import { globSync, readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";

const ROOT = new URL("../../../", import.meta.url);

test("the released image covers every contract, so that a breaking change of any file is seen", () => {
  const image = readFileSync(new URL("packages/contracts/released.binpb", ROOT));
  const released = fromBinary(FileDescriptorSetSchema, image).file.map(({ name }) => name);
  const contracts = globSync("tessera/**/*.proto", { cwd: new URL("proto/", ROOT) });
  expect(contracts.length).toBeGreaterThan(50);
  expect(contracts.filter((path) => !released.includes(path))).toEqual([]);
});
