import { COOKIES, setCookie } from "../session/cookies.ts";
import { ownPath } from "../session/same-origin.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

const MAX_AGE_SECONDS = 400 * 86_400;
const TAG = /^[a-zA-Z]{2}(-[a-zA-Z]{2})?$/;

/** Remembers the language that somebody chose, and shows the same page in it. */
export async function chooseLanguage({ form }: Visit): Promise<Done> {
  const language = form.text("language");
  const cookies = TAG.test(language) ? [setCookie(COOKIES.language, language, MAX_AGE_SECONDS)] : [];
  return { see: ownPath(form.text("next")), cookies };
}
