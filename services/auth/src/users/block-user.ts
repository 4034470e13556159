import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { revokeUser } from "../revocations/store.ts";
import { serviceAccountDeployed } from "./refusals.ts";
import { lockDeployed, lockUsers, writeUser } from "./store.ts";
import { block, knownOf } from "./user.ts";

/** Implements tessera.auth.v1.UserService.BlockUser. */
export const blockUser = ({ store }: Deps) =>
  command(UserService.method.blockUser, async ({ userId, reason }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const known = knownOf(await lockUsers(tx, [caller.userId, userId]), caller.userId, userId);
      const user = block(known, userId, reason, now);
      if (await lockDeployed(tx, userId)) throw serviceAccountDeployed(userId);
      const revision = await writeUser(tx, user);
      await revokeUser(tx, user);
      await appendEvent(tx, { kind: AuthEventKind.USER_BLOCKED, ...by(caller), userId, details: { reason } });
      return { name: `users/${userId}/block`, revision };
    });
  });
