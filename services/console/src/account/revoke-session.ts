import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { COOKIES, endCookie } from "../session/cookies.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

const SIGNED_OUT: Done = {
  see: "/",
  notice: "signedOut",
  cookies: [endCookie(COOKIES.session), endCookie(COOKIES.browser)],
};

/** Ends one session; the one of this browser signs the person out. */
export async function revokeSession({ ask, form, params, person }: Visit): Promise<Done> {
  const sessionId = params.session_id ?? "";
  await ask(AuthService.method.revokeSession, { requestId: form.text("_request_id"), sessionId });
  return sessionId === person?.sessionId ? SIGNED_OUT : { see: "/v1/sessions", notice: "sessionEnded" };
}

/** Ends all sessions of the person, that of this browser too. */
export async function revokeSessions({ ask, form }: Visit): Promise<Done> {
  await ask(AuthService.method.revokeSessions, { requestId: form.text("_request_id") });
  return SIGNED_OUT;
}
