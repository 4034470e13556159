import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { MappingLevelSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { enumWord } from "../enum-word.ts";
import { appendEvent, by } from "../event-store.ts";
import { serviceAccountDeployed } from "./refusals.ts";
import { lockDeployed, lockUsers, writeUser } from "./store.ts";
import { knownOf, setLevel } from "./user.ts";

/** Implements tessera.auth.v1.UserService.SetMappingLevel. */
export const setMappingLevel = ({ store }: Deps) =>
  command(UserService.method.setMappingLevel, async (request, attempt) => {
    const { userId, mappingLevel, expectedRevision } = request;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const known = knownOf(await lockUsers(tx, [caller.userId, userId]), caller.userId, userId);
      const user = setLevel(known, userId, mappingLevel, expectedRevision);
      if (await lockDeployed(tx, userId)) throw serviceAccountDeployed(userId);
      const revision = await writeUser(tx, user);
      const from = enumWord(MappingLevelSchema, known.target?.mappingLevel ?? 0);
      const details = { from, to: enumWord(MappingLevelSchema, mappingLevel) };
      await appendEvent(tx, { kind: AuthEventKind.LEVEL_SET, ...by(caller), userId, details });
      return { name: `users/${userId}`, revision };
    });
  });
