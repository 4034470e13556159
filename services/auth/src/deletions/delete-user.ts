import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { revokeUser } from "../revocations/store.ts";
import { lockUsers, writeUser } from "../users/store.ts";
import { knownOf, pseudonymise } from "../users/user.ts";
import { insertDeletion } from "./store.ts";

/** Implements tessera.auth.v1.UserService.DeleteUser. */
export const deleteUser = ({ store }: Deps) =>
  command(UserService.method.deleteUser, async ({ userId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const rows = await lockUsers(tx, [caller.userId, userId], { administrators: true });
      const user = pseudonymise(knownOf(rows, caller.userId, userId), userId);
      await writeUser(tx, user);
      await revokeUser(tx, user);
      await appendEvent(tx, { kind: AuthEventKind.USER_DELETED, ...by(caller), userId });
      await insertDeletion(tx, userId, by(caller), now);
      return { name: `users/${userId}/deletion`, revision: 1n };
    });
  });
