import { create, getOption, type MessageInitShape } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { settingRpc } from "@tessera/contracts/setting-rpc.ts";
import { UpdateUserRequestSchema } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { ProjectSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { UpdateProjectRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { set_by as setBy } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { expect, test } from "vitest";
import { Refusal } from "../refusal.ts";
import { validate } from "./validation.ts";

const update = (paths: string[], project: MessageInitShape<typeof ProjectSchema> = { projectId: 7 }) =>
  create(UpdateProjectRequestSchema, {
    requestId: "k",
    project,
    updateMask: { paths },
    expectedRevision: 1n,
  });

function violations(work: () => void): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.violations.map((it) => `${it.field}: ${it.description}`);
    throw error;
  }
  throw new Error("nothing was refused");
}

test.each([
  ["area", "project.area: is set by SetArea (PUT /v1/projects/{project_id}/area)"],
  [
    "organisation_id",
    "project.organisation_id: is set by TransferProject (PUT /v1/projects/{project_id}/owner)",
  ],
  [
    "author_user_id",
    "project.author_user_id: is set by TransferProject (PUT /v1/projects/{project_id}/owner)",
  ],
  ["revision", "project.revision: is set by the service"],
  ["descripton", 'update_mask: "descripton" is not a field that can be changed: do you mean "description"?'],
  [
    "lockDuration",
    'update_mask: "lockDuration" is not a field that can be changed: do you mean "lock_duration"?',
  ],
  ["nmae", 'update_mask: "nmae" is not a field that can be changed: do you mean "name"?'],
  ["zebra", 'update_mask: "zebra" is not a field that can be changed'],
])("a mask with %s", (path, sentence) => {
  expect(violations(() => validate(UpdateProjectRequestSchema, update(["name", path])))).toEqual([sentence]);
});

test("each name that is wrong has its own sentence", () => {
  const sentences = violations(() => validate(UpdateProjectRequestSchema, update(["revision", "nme"])));
  expect(sentences).toHaveLength(2);
});

test("a profile says who sets the rest", () => {
  const fields = { user: { userId: 1n }, updateMask: { paths: ["mapping_level"] }, expectedRevision: 1n };
  const request = create(UpdateUserRequestSchema, { requestId: "k", ...fields });
  expect(violations(() => validate(UpdateUserRequestSchema, request))).toEqual([
    expect.stringMatching(/^user\.mapping_level: is set by SetMappingLevel \(PUT \//),
  ]);
});

test("every RPC that the contract names as the one that sets a field is there", () => {
  const documents = SERVICES.flatMap(({ methods }) => methods)
    .flatMap(({ input }) => input.fields)
    .flatMap(({ message }) => message?.fields ?? []);
  const set = documents.filter((field) => getOption(field, setBy) !== "");
  expect(set.length).toBeGreaterThan(4);
  for (const field of set) expect(settingRpc(field)?.route).toMatch(/^(PUT|POST|PATCH) \/v1\//);
});
