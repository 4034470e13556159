import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { SystemRoleSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { enumWord } from "../enum-word.ts";
import { appendEvent, by } from "../event-store.ts";
import { serviceAccountDeployed } from "./refusals.ts";
import { lockDeployed, lockUsers, writeUser } from "./store.ts";
import { knownOf, setRole } from "./user.ts";

/** Implements tessera.auth.v1.UserService.SetSystemRole. */
export const setSystemRole = ({ store }: Deps) =>
  command(UserService.method.setSystemRole, async (request, attempt) => {
    const { userId, systemRole, expectedRevision } = request;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const rows = await lockUsers(tx, [caller.userId, userId], { administrators: true });
      const known = knownOf(rows, caller.userId, userId);
      const user = setRole(known, userId, systemRole, expectedRevision);
      if (await lockDeployed(tx, userId)) throw serviceAccountDeployed(userId);
      const revision = await writeUser(tx, user);
      const from = enumWord(SystemRoleSchema, known.target?.systemRole ?? 0);
      const details = { from, to: enumWord(SystemRoleSchema, systemRole) };
      await appendEvent(tx, { kind: AuthEventKind.ROLE_SET, ...by(caller), userId, details });
      return { name: `users/${userId}`, revision };
    });
  });
