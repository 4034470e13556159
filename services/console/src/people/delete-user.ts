import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import { COOKIES, endCookie } from "../session/cookies.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

/** Deletes somebody who is confirmed: the person themselves, who is signed out by it, or anybody for an administrator. */
export async function deleteUser({ ask, form, params, person, language }: Visit): Promise<Done> {
  if (!form.isOn("confirmed")) throw fieldRefusal("confirmed", PEOPLE_TEXTS(language).deleteUnconfirmed);
  const userId = BigInt(params.user_id ?? "0");
  await ask(UserService.method.deleteUser, { requestId: form.text("_request_id"), userId });
  if (userId !== person?.userId) return { see: `/v1/users/${userId}/deletion`, notice: "personDeleted" };
  return {
    see: "/",
    notice: "accountDeleted",
    cookies: [endCookie(COOKIES.session), endCookie(COOKIES.browser)],
  };
}
