import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { beginSession } from "./begin-session.ts";

/** Signs somebody in by a name alone, where the deployment offers that. */
export async function signInByName(visit: Visit): Promise<Done> {
  const { form, ask } = visit;
  const requestId = form.text("_request_id");
  const session = await ask(AuthService.method.createSession, { requestId, name: form.text("name") });
  return beginSession(visit, session, form.text("next"));
}
