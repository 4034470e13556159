import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { ListLicencesRequestSchema } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { pageToken } from "@tessera/rpc/page-token.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonName } from "../testing/auth.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const TEXT = { description: "For HOT.", plainText: "You may map from it." };
type Fields = { name?: string; description?: string; plainText?: string };

const make = async (
  fields: Fields = {},
  person: PersonName = "administrator",
  requestId: string = randomUUID(),
) => {
  const request = { requestId, licence: { name: `Licence ${requestId}`, ...TEXT, ...fields } };
  const { acknowledgement } = await system.licences.createLicence(request, system.as(person));
  return Number(acknowledgement?.name.split("/")[1]);
};
const change = (licenceId: number, fields: Fields, revision = 1n, person: PersonName = "administrator") => {
  const paths = Object.keys(fields).map((name) => name.replace("plainText", "plain_text"));
  const patch = { licence: { licenceId, ...fields }, updateMask: { paths }, expectedRevision: revision };
  return system.licences.updateLicence({ requestId: randomUUID(), ...patch }, system.as(person));
};
const remove = (licenceId: number, person: PersonName = "administrator") =>
  system.licences.deleteLicence({ requestId: randomUUID(), licenceId }, system.as(person));
const accept = (licenceId: number, person: PersonName) =>
  system.licences.acceptLicence({ requestId: randomUUID(), licenceId }, system.as(person));
const acceptance = (licenceId: number, person: PersonName) =>
  system.licences.getLicenceAcceptance({ licenceId }, system.as(person));
const read = async (licenceId: number) => (await system.licences.getLicence({ licenceId })).licence;

test("a licence is read by anybody as it was written, and listed without its texts", async () => {
  const licenceId = await make({ name: "ODbL" });
  expect(await read(licenceId)).toMatchObject({ licenceId, name: "ODbL", ...TEXT, revision: 1n });
  const { licences } = await system.licences.listLicences({});
  const listed = licences.find((it) => it.licenceId === licenceId);
  expect(listed).toMatchObject({ name: "ODbL", revision: 1n });
  expect([listed?.description, listed?.plainText]).toEqual([undefined, undefined]);
});

test("pages hold each licence once, by number", async () => {
  const made = [await make(), await make(), await make()];
  const seen: number[] = [];
  let pageToken = "";
  for (let pages = 0; pages < 50; pages++) {
    const page = await system.licences.listLicences({ pageSize: 2, pageToken });
    seen.push(...page.licences.map((it) => it.licenceId));
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  expect(seen).toEqual(expect.arrayContaining(made));
});

test.each(["x", "99999999999", "-99999999999", "1.5"])(
  "a page token that ends with %s is forged",
  async (last) => {
    const made = pageToken(ListLicencesRequestSchema, create(ListLicencesRequestSchema, {}), last);
    const forged = last === "x" ? last : made;
    const refusal = await refusalOf(system.licences.listLicences({ pageToken: forged }));
    expect(refusal.reason).toBe("PAGE_TOKEN_INVALID");
  },
);

test("what the mask names is changed, from the revision that is expected", async () => {
  const licenceId = await make();
  const before = await read(licenceId);
  const { acknowledgement } = await change(licenceId, { plainText: "Only for health." });
  expect(acknowledgement).toMatchObject({ name: `licences/${licenceId}`, revision: 2n });
  const updateTime = acknowledgement?.commitTime;
  expect(await read(licenceId)).toEqual({
    ...before,
    plainText: "Only for health.",
    revision: 2n,
    updateTime,
  });
  expect(await refusalOf(change(licenceId, { description: "" }))).toMatchObject({
    reason: "LICENCE_CHANGED",
    metadata: { expected_revision: "1", revision: "2" },
  });
});

test("no two licences have one name, also in a race", async () => {
  const name = `Name ${randomUUID()}`;
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => make({ name })));
  expect(outcomes.filter((it) => it.status === "fulfilled")).toHaveLength(1);
  for (const it of outcomes) {
    if (it.status === "fulfilled") continue;
    const { reason, metadata } = await refusalOf(Promise.reject(it.reason));
    expect([reason, metadata]).toEqual(["LICENCE_NAME_TAKEN", { name }]);
  }
  const other = await make();
  expect((await refusalOf(change(other, { name }))).reason).toBe("LICENCE_NAME_TAKEN");
  await change(other, { name: `${name} II` });
});

test("a licence that a project has is not deleted, and one that is deleted is no project's", async () => {
  const licenceId = await make();
  await accept(licenceId, "beginner");
  const projectId = await system.project(ProjectStatus.DRAFT, { licenceId });
  expect(await refusalOf(remove(licenceId))).toMatchObject({
    reason: "LICENCE_IN_USE",
    metadata: { licence_id: String(licenceId) },
  });
  await system.set(projectId, { licenceId: undefined });
  await remove(licenceId);
  expect((await refusalOf(system.licences.getLicence({ licenceId }))).reason).toBe("LICENCE_NOT_FOUND");
  expect((await refusalOf(remove(licenceId))).reason).toBe("LICENCE_NOT_FOUND");
  expect((await refusalOf(acceptance(licenceId, "beginner"))).reason).toBe("LICENCE_ACCEPTANCE_NOT_FOUND");
  expect((await refusalOf(system.set(projectId, { licenceId }))).reason).toBe("LICENCE_NOT_FOUND");
});

test("a project that takes a licence and its deletion never both happen", async () => {
  for (let round = 0; round < 10; round++) {
    const licenceId = await make();
    const projectId = await system.project(ProjectStatus.DRAFT);
    const [taken, deleted] = await Promise.allSettled([
      system.set(projectId, { licenceId }),
      remove(licenceId),
    ]);
    expect([taken.status, deleted.status].sort()).toEqual(["fulfilled", "rejected"]);
  }
});

test("an acceptance is one's own, and of the first time", async () => {
  const licenceId = await make();
  expect((await refusalOf(acceptance(licenceId, "advanced"))).reason).toBe("LICENCE_ACCEPTANCE_NOT_FOUND");
  const { acknowledgement, created } = await accept(licenceId, "advanced");
  expect(created).toBe(true);
  expect(acknowledgement).toMatchObject({ name: `licences/${licenceId}/acceptance`, revision: 1n });
  expect((await accept(licenceId, "advanced")).created).toBe(false);
  await change(licenceId, { plainText: "Other terms." });
  expect((await acceptance(licenceId, "advanced")).acceptance).toMatchObject({
    licenceId,
    userId: 5n,
    acceptTime: acknowledgement?.commitTime,
  });
  expect((await refusalOf(acceptance(licenceId, "beginner"))).reason).toBe("LICENCE_ACCEPTANCE_NOT_FOUND");
  expect((await refusalOf(accept(9_999, "beginner"))).reason).toBe("LICENCE_NOT_FOUND");
});

test("only administrators write licences", async () => {
  const licenceId = await make();
  const calls = [
    () => make({}, "advanced"),
    () => change(licenceId, { name: "x" }, 1n, "advanced"),
    () => remove(licenceId, "advanced"),
  ];
  for (const call of calls) {
    expect((await refusalOf(call())).reason).toBe("NOT_ADMINISTRATOR");
  }
});

test.each([
  ["required", { name: "" }],
  ["text.blank", { name: " " }],
  ["text.direction", { name: "MIT\u202e" }],
  ["required", { plainText: " " }],
])("what is wrong with a licence is named: %s", async (rule, fields) => {
  for (const call of [() => make(fields), () => change(1, fields)]) {
    const refusal = await refusalOf(call());
    expect(refusal).toMatchObject({ reason: "FIELD_INVALID", violations: [{ rule }] });
    expect(refusal.violations[0]?.field).toMatch(/^licence\.(name|plain_text)$/);
  }
});

test("the same request again makes no other licence", async () => {
  const requestId = randomUUID();
  expect(await make({}, "administrator", requestId)).toBe(await make({}, "administrator", requestId));
});
