import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ACCOUNT_TEXTS } from "./texts.ts";

const DAY_SECONDS = 86_400;

/** Makes a personal access token and shows it, once. */
export async function createToken({ ask, form, language }: Visit): Promise<Page> {
  const t = ACCOUNT_TEXTS(language);
  const seconds = BigInt(Math.trunc((form.number("lifetime") ?? 0) * DAY_SECONDS) || 0);
  const { personalAccessToken } = await ask(PersonalAccessTokenService.method.createPersonalAccessToken, {
    requestId: form.text("_request_id"),
    name: form.text("name"),
    scopes: [...form.all("scopes")],
    lifetime: { seconds },
  });
  const body = html`<h1>${t.made}</h1><p class="lead">${t.madeHelp}</p><p class="secret"><code>${personalAccessToken}</code></p><p><a class="button" href="/v1/personal-access-tokens">${t.back}</a></p>`;
  return { title: t.made, body };
}
