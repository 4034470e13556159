import { InvitationState, InvitationStateSchema } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import {
  JoinRequestState,
  JoinRequestStateSchema,
} from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { expect, test } from "vitest";
import { INVITATION_TRANSITIONS } from "../invitations/invitation.ts";
import { nameKey } from "../names.ts";
import { slugOf } from "../organisations/organisation.ts";
import { JOIN_REQUEST_TRANSITIONS } from "./join-request.ts";

test.each([
  ["invitation", INVITATION_TRANSITIONS, InvitationStateSchema, InvitationState.OPEN],
  ["join request", JOIN_REQUEST_TRANSITIONS, JoinRequestStateSchema, JoinRequestState.OPEN],
] as const)("an %s goes once, from OPEN to any other state", (_, transitions, desc, open) => {
  const states = desc.values.map((it) => it.number);
  expect(Object.keys(transitions).map(Number).sort()).toEqual(states);
  const table = transitions as Record<number, readonly number[]>;
  for (const state of states) {
    const next = state === open ? states.filter((it) => it !== 0 && it !== open) : [];
    expect(table[state]).toEqual(next);
  }
});

test.each([
  ["Médecins Sans Frontières", "medecins-sans-frontieres"],
  ["  HOT — Humanitarian  OSM! ", "hot-humanitarian-osm"],
  ["团队", ""],
  ["x".repeat(100), "x".repeat(60)],
  [`${"x".repeat(59)} y`, "x".repeat(59)],
])("the slug of %j is %j", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

test.each([
  ["Straße", "STRASSE"],
  ["a b", " A\u00a0 \u200bB "],
  ["Ångström", "A\u030angstro\u0308m".normalize("NFC")],
])("%j and %j are one name", (one, other) => {
  expect(nameKey(one)).toBe(nameKey(other));
});
