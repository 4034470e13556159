import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { revokeUser } from "../revocations/store.ts";
import { lockUsers, writeUser } from "./store.ts";
import { knownOf, unblock } from "./user.ts";

/** Implements tessera.auth.v1.UserService.UnblockUser. */
export const unblockUser = ({ store }: Deps) =>
  command(UserService.method.unblockUser, async ({ userId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const known = knownOf(await lockUsers(tx, [caller.userId, userId]), caller.userId, userId);
      const user = unblock(known, userId);
      const revision = await writeUser(tx, user);
      await revokeUser(tx, user);
      await appendEvent(tx, { kind: AuthEventKind.USER_UNBLOCKED, ...by(caller), userId });
      return { name: `users/${userId}`, revision };
    });
  });
