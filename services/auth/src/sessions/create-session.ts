import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import {
  AuthService,
  type CreateSessionResponse,
} from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { personUnknown, signInNotOffered } from "../refusals.ts";
import { personNamed } from "../users/person.ts";
import { userOf } from "../users/user-of.ts";
import { grantedAgain, openSession } from "./grant.ts";
import { SESSIONS } from "./session.ts";

/** Who asked for the token: the development sign-in is its own client. */
const CLIENT_ID = "tessera-development";

/** Implements tessera.auth.v1.AuthService.CreateSession. */
export function createSession(deps: Deps): MethodImpl<typeof AuthService.method.createSession> {
  return async (request, context) => {
    await deps.limits.spend("HAND_OUT", { account: request.name });
    const person = personNamed(request.name);
    // Nobody was ever signed in under a name that the provider lacks: there is nothing to be answered again.
    if (person === undefined) throw deps.developmentSignIn ? personUnknown(request.name) : signInNotOffered();
    return deps.store.command({
      method: AuthService.method.createSession,
      request,
      context,
      // Nobody is signed in yet: who the request belongs to is who it names.
      caller: request.name,
      work: async (tx, now) => {
        if (!deps.developmentSignIn) throw signInNotOffered();
        const userId = await userOf(tx, person);
        const opening = { userId, clientId: CLIENT_ID, scopes: PERSON_SCOPES, now };
        const { sessionId, accessToken, refreshToken, expireTime } = await openSession(deps, tx, opening);
        const details = { session_id: sessionId };
        await appendEvent(tx, {
          kind: EventKind.SESSION_OPENED,
          actor: userId,
          userId,
          clientId: CLIENT_ID,
          details,
        });
        return {
          name: `${SESSIONS}${sessionId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(expireTime) },
          secret: { accessToken, refreshToken },
        };
      },
      // Also where sign-in has been switched off since: to refuse would say that nothing happened.
      replayed: (response) => repeated(deps, response),
    });
  };
}

/** The first answer again: its tokens are not remembered, they are made anew of their session. */
async function repeated(deps: Deps, response: CreateSessionResponse): Promise<CreateSessionResponse> {
  const { acknowledgement, expireTime } = response;
  const again = await grantedAgain(deps, acknowledgement, expireTime && timestampDate(expireTime));
  return Object.assign(response, again);
}
