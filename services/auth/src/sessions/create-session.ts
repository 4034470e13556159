import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import {
  AuthService,
  type CreateSessionResponse,
} from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { personUnknown, signInNotOffered } from "../refusals.ts";
import { personNamed } from "../users/person.ts";
import { userOf } from "../users/store.ts";
import { grantedAgain, openSession } from "./grant.ts";
import { SESSIONS } from "./session.ts";

/** The client of the token: the development sign-in is a client of its own. */
const CLIENT_ID = "tessera-development";

/** Implements tessera.auth.v1.AuthService.CreateSession. */
export const createSession = (deps: Deps) =>
  command(
    AuthService.method.createSession,
    async ({ name }, attempt) => {
      await attempt.once(() => deps.limits.spend("HAND_OUT", { account: name }));
      const person = personNamed(name);
      // Nobody was ever signed in under a name that the provider lacks: there is nothing to replay.
      if (person === undefined) throw deps.developmentSignIn ? personUnknown(name) : signInNotOffered();
      // Also if sign-in has been switched off since: to refuse would say that nothing happened.
      await deps.store.replayIfDone(attempt);
      if (!deps.developmentSignIn) throw signInNotOffered();
      return deps.store.write(attempt, async (tx, now) => {
        const client = { userId: await userOf(tx, person), clientId: CLIENT_ID };
        const granted = await openSession(deps, tx, { ...client, scopes: PERSON_SCOPES, now });
        const { sessionId, accessToken, refreshToken, expireTime } = granted;
        const details = { session_id: sessionId };
        const { userId } = client;
        await appendEvent(tx, { kind: AuthEventKind.SESSION_OPENED, ...by(client), userId, details });
        return {
          name: `${SESSIONS}${sessionId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(expireTime) },
          secret: { accessToken, refreshToken },
        };
      });
    },
    {
      // Nobody is signed in yet: the request belongs to the person that it names.
      callerIn: ({ name }) => name,
      repeated: (response) => repeated(deps, response),
    },
  );

/** The first response again: its tokens are not stored, so they are made anew from their session. */
async function repeated(deps: Deps, response: CreateSessionResponse): Promise<CreateSessionResponse> {
  const { acknowledgement, expireTime } = response;
  const again = await grantedAgain(deps, acknowledgement, expireTime && timestampDate(expireTime));
  return Object.assign(response, again);
}
