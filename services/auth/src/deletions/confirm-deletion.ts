import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { deletionNotFound } from "../users/refusals.ts";
import { knownService } from "./deletion.ts";
import { holdDeletion, insertConfirmation } from "./store.ts";

/** Implements tessera.auth.v1.UserService.ConfirmDeletion. */
export const confirmDeletion = ({ store, deletionServices }: Deps) =>
  command(UserService.method.confirmDeletion, async ({ userId, service }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const held = await holdDeletion(tx, userId);
      if (held === undefined) throw deletionNotFound(userId);
      knownService(deletionServices, service);
      const name = `users/${userId}/deletion`;
      const revision = await insertConfirmation(tx, { userId, service, now });
      // The service has confirmed it before.
      if (revision === undefined) return { name, revision: held };
      const kind = AuthEventKind.DELETION_CONFIRMED;
      await appendEvent(tx, { kind, ...by(attempt.caller), userId, details: { service } });
      return { name, revision };
    });
  });
