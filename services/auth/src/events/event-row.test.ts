import { toJson } from "@bufbuild/protobuf";
import { AuthEventKind, AuthEventSchema } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { expect, test } from "vitest";
import { type EventRow, eventOf } from "./event-row.ts";

const ROW: EventRow = {
  position: 7n,
  eventId: "0b7f0000-0000-4000-8000-000000000000",
  kind: AuthEventKind.ROLE_SET,
  actor: 0n,
  clientId: "",
  userId: 5n,
  organisationId: 0,
  teamId: 0,
  details: {},
  commitTime: new Date(0),
  commitText: "1970-01-01T00:00:00.000000Z",
  hash: new Uint8Array(32),
} as unknown as EventRow;

const namesIn = (row: EventRow) =>
  Object.keys(toJson(AuthEventSchema, eventOf(row), { useProtoFieldName: true }) as object);

test("what an event does not concern is absent, in JSON too", () => {
  const names = namesIn(ROW);
  expect(names).toContain("user_id");
  for (const name of ["actor_user_id", "client_id", "organisation_id", "team_id"])
    expect(names).not.toContain(name);
  expect(namesIn({ ...ROW, actor: 3n, teamId: 4 })).toEqual(
    expect.arrayContaining(["actor_user_id", "team_id"]),
  );
});
