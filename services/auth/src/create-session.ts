import type { MethodImpl } from "@connectrpc/connect";
import {
  AuthService,
  type CreateSessionResponse,
  CreateSessionResponseSchema,
} from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { acknowledgement, replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import type { Deps } from "./deps.ts";
import { personNamed } from "./person.ts";
import { personUnknown, signInNotOffered } from "./refusals.ts";
import { sessionToken } from "./session-token.ts";

const COLLECTION = "sessions/";
/** A session does not change. */
const REVISION = 1n;

/** Implements tessera.auth.v1.AuthService.CreateSession. */
export function createSession(deps: Deps): MethodImpl<typeof AuthService.method.createSession> {
  const { store, keys, tokenIssuer, accessTokenSeconds, developmentSignIn, newId } = deps;
  return (request) => {
    const person = personNamed(request.name);
    // Nobody is signed in yet: who the request belongs to is who it names.
    const key = requestKey(AuthService.method.createSession, request, { projectId: 0, caller: request.name });
    return untilWritten(async () => {
      // Also where sign-in has been switched off since: to refuse would say that nothing happened. What is handed out
      // expires when the first answer's token does. Nobody was ever signed in under a name that the provider lacks.
      const remembered = person && (await store.recall(key));
      if (remembered)
        return repeated(deps, replay(CreateSessionResponseSchema, key, remembered), remembered.name);
      if (!developmentSignIn) throw signInNotOffered();
      if (person === undefined) throw personUnknown(request.name);
      const sessionId = newId();
      const outcome = { name: `${COLLECTION}${sessionId}`, revision: REVISION };
      const draft = {
        sessionId,
        tokenId: newId(),
        kid: keys.currentKid,
        lifetimeSeconds: accessTokenSeconds,
      };
      const session = await store.sessions.add(key, outcome, person, draft);
      if (session === undefined) return undefined;
      return {
        acknowledgement: acknowledgement(key, { ...outcome, commitTime: session.createTime }),
        accessToken: await sessionToken(session, keys, tokenIssuer),
      };
    });
  };
}

/** The first answer again: the token is not remembered, it is made anew of its session. */
async function repeated(
  { store, keys, tokenIssuer }: Deps,
  response: CreateSessionResponse,
  name: string,
): Promise<CreateSessionResponse> {
  const session = await store.sessions.read(name.slice(COLLECTION.length));
  response.accessToken = await sessionToken(session, keys, tokenIssuer);
  return response;
}
