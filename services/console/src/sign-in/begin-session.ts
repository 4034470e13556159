import { createClient } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { COOKIES, endCookie } from "../session/cookies.ts";
import { ownPath } from "../session/same-origin.ts";
import { sessionCookie } from "../session/session.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/**
 * Begins a session with new tokens. What ties forms to the browser is made anew, so that one which was planted
 * before the sign-in is worth nothing after it.
 */
export async function beginSession(
  { deps, call }: Visit,
  tokens: { accessToken: string; refreshToken: string },
  next: string,
): Promise<Done> {
  const auth = createClient(AuthService, deps.transportFor(AuthService));
  const headers = { ...call.headers, authorization: `Bearer ${tokens.accessToken}` };
  const { user } = await auth.getCurrentUser({}, { headers, signal: call.signal });
  const cookie = await sessionCookie(deps, {
    ...tokens,
    name: user?.name ?? "",
    role: String(user?.systemRole ?? 0),
  });
  return { see: ownPath(next), notice: "signedIn", cookies: [cookie, endCookie(COOKIES.browser)] };
}
