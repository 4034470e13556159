import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { readProfile } from "./profile.ts";
import { lockUsers, writeUser } from "./store.ts";
import { changeProfile, knownOf } from "./user.ts";

/** Implements tessera.auth.v1.UserService.UpdateUser. */
export const updateUser = ({ store }: Deps) =>
  command(UserService.method.updateUser, async ({ user: wanted, updateMask, expectedRevision }, attempt) => {
    // The contract requires a user.
    const { userId } = wanted as User;
    const paths = updateMask?.paths ?? [];
    const profile = readProfile(wanted as User, paths);
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const known = knownOf(await lockUsers(tx, [caller.userId, userId]), caller.userId, userId);
      const user = changeProfile(known, userId, profile, expectedRevision);
      const revision = await writeUser(tx, user);
      const details = { fields: [...paths].sort().join(" ") };
      await appendEvent(tx, { kind: AuthEventKind.PROFILE_CHANGED, ...by(caller), userId, details });
      return { name: `users/${userId}`, revision };
    });
  });
