import { create, type DescField, type DescMessage, type DescMethod, type Message } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { SigningKeyState } from "@tessera/contracts/tessera/auth/v1/signing_key_pb.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { revisionIn } from "../requests/entity-tag.ts";
import { setFieldValue } from "../requests/field-value.ts";
import { routesOf } from "../routes/route-table.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

/** Of each document that changes without its revision, the path of one, and what it may become. */
const CHANGES: [rpc: string, path: string, ...changed: object[]][] = [
  [
    "GetProject",
    "projects/7",
    { favourite: true },
    { progress: { taskCount: 4, mappedCount: 1 } },
    { allowedUserIds: [3n] },
    { teams: [{ teamId: 2, role: 2 }] },
    { language: "fr", name: "Sol" },
  ],
  ["GetFavourite", "users/me/favourites/7", { project: { name: "Roofs" } }],
  ["GetTask", "projects/7/tasks/1", { assignment: { userId: 3n } }],
  ["GetTeam", "teams/7", { memberCount: 2 }],
  ["GetUser", "users/7", { blocked: true }],
  ["GetCurrentUser", "users/me", { blocked: true }],
  ["GetInvitation", "invitations/7", { state: InvitationState.EXPIRED }],
  ["GetPersonalAccessToken", "personal-access-tokens/abc", { lastUseTime: { seconds: 60n } }],
  ["GetSigningKey", "signing-keys/abc", { state: SigningKeyState.SIGNING }],
];

const rpcs = SERVICES.flatMap(({ methods }) => methods);
let shown: object;
let gateway: TestGateway;

/** The response of a read with `shown` as its document, at revision 7. */
function response(rpc: DescMethod): Message {
  const field = routesOf(rpc)[0]?.shown.field as DescField;
  const desc = field.message as DescMessage;
  const document = create(desc, shown as never);
  setFieldValue(document, fieldWithRole(desc, FieldRole.REVISION) as DescField, 7n);
  const made = create(rpc.output);
  setFieldValue(made, field, document);
  return made;
}

beforeAll(async () => {
  gateway = await testGateway((router) => {
    for (const service of SERVICES) {
      const reads = service.methods.filter(({ name }) => CHANGES.some(([it]) => it === name));
      router.service(
        service,
        Object.fromEntries(reads.map((rpc) => [rpc.localName, () => response(rpc)])) as never,
      );
    }
  });
});
afterAll(() => gateway.stop());

describe.each(CHANGES)("the answer of %s", (_rpc, path, ...changed) => {
  test.each(changed.map((it) => [Object.keys(it).join(), it] as const))(
    "has another tag of the same revision with another %s",
    async (_field, change) => {
      const ask = (headers = {}) => gateway.ask("GET", `/v1/${path}`, { headers });
      shown = {};
      const { status, headers } = await ask();
      const tag = headers.etag as string;
      expect([status, revisionIn(tag)]).toEqual([200, 7n]);
      expect((await ask({ "if-none-match": tag })).status).toBe(304);
      shown = change;
      const next = await ask({ "if-none-match": tag });
      expect([next.status, revisionIn(next.headers.etag as string)]).toEqual([200, 7n]);
      expect(next.headers.etag).not.toBe(tag);
      expect((await ask({ "if-none-match": next.headers.etag as string })).status).toBe(304);
    },
  );
});

test("these are the reads of all documents that change without their revision", () => {
  const changing = rpcs.filter((rpc) =>
    routesOf(rpc).some((it) => it.httpMethod === "GET" && !it.shown.list && it.changesWithoutRevision),
  );
  expect(changing.map(({ name }) => name).sort()).toEqual(CHANGES.map(([name]) => name).sort());
});
