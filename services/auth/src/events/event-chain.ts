import { createHash } from "node:crypto";
import type { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";

/** An event, as its hash covers it: all of it. */
export interface ChainedEvent {
  position: bigint;
  eventId: string;
  kind: AuthEventKind;
  actor: bigint;
  clientId: string;
  userId: bigint;
  organisationId: number;
  teamId: number;
  details: Record<string, string>;
  /** In UTC, to the microsecond, as the database writes it. */
  commitText: string;
}

/** Where the chain begins: nothing went before. */
export const NO_HASH = Buffer.alloc(0);

/**
 * The hash of an event whose predecessor has the hash `previous`: altering, inserting or dropping an event changes
 * all later hashes, which a reader that kept one of them detects.
 */
export function chainHash(previous: Uint8Array, event: ChainedEvent): Buffer {
  return createHash("sha256")
    .update(Uint8Array.of(previous.length))
    .update(previous)
    .update(canonical(event))
    .digest();
}

/** One way to write an event, and no other: a JSON list in a fixed order, with the details in the order of their names. */
function canonical(event: ChainedEvent): string {
  const { position, eventId, kind, actor, clientId, userId, organisationId, teamId, details, commitText } =
    event;
  const numbers = [position, actor, userId].map(String);
  const named = Object.entries(details).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([...numbers, eventId, kind, clientId, organisationId, teamId, named, commitText]);
}
