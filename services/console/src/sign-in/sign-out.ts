import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { COOKIES, endCookie } from "../session/cookies.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

const ENDED = [COOKIES.session, COOKIES.browser, COOKIES.kept];

/** Ends the session, here and for every token of it. */
export async function signOut({ ask, person, form }: Visit): Promise<Done> {
  const requestId = form.text("_request_id");
  if (person !== undefined)
    await ask(AuthService.method.revokeSession, { requestId, sessionId: person.sessionId });
  return { see: "/", notice: "signedOut", cookies: ENDED.map(endCookie) };
}
