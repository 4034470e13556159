import {
  SigningAlgorithmSchema,
  type SigningKey,
  SigningKeyState,
  SigningKeyStateSchema,
} from "@tessera/contracts/tessera/auth/v1/signing_key_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { enumWords } from "../documents/enum-words.ts";
import { field } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import { enumChoices } from "../people/choices.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { SIGNING_KEY_TEXTS } from "./signing-key-texts.ts";
import { ADMINISTRATION_TEXTS } from "./texts.ts";

/** The keys that sign access tokens, with a form that makes one and one for each that revokes it. */
export async function showSigningKeys(visit: Visit): Promise<Page> {
  const { ask, language } = visit;
  const t = SIGNING_KEY_TEXTS(language);
  const { signingKeys } = await ask(SigningKeyService.method.listSigningKeys, {});
  const rotate = { method: "POST", action: "/v1/signing-keys", submit: t.rotate } as const;
  const algorithm = field(visit, rotate, {
    name: "algorithm",
    label: t.algorithm,
    help: t.rotateHelp,
    options: [["", t.usual], ...enumChoices(SigningAlgorithmSchema, t.algorithms)],
  });
  const body = html`<h1>${t.title}</h1><p class="lead">${t.lead}</p>
<div class="table" tabindex="0" role="region" aria-label="${t.title}"><table><caption class="unseen">${t.caption}</caption><thead><tr><th scope="col">${t.kid}</th><th scope="col">${t.state}</th><th scope="col">${t.algorithm}</th><th scope="col">${t.made}</th><th scope="col">${t.signsFrom}</th><th scope="col">${t.revoke}</th></tr></thead><tbody>${signingKeys.map((it) => row(visit, it))}</tbody></table></div>
<p class="help">${t.revokeHelp}</p><h2>${t.rotate}</h2>${form(visit, rotate, algorithm)}`;
  const trail = [{ href: "/console/administration", name: ADMINISTRATION_TEXTS(language).title }];
  return { title: t.title, body, trail };
}

function row(visit: Visit, key: SigningKey): Content {
  const { language } = visit;
  const t = SIGNING_KEY_TEXTS(language);
  const { kid, state, algorithm, createTime, activateTime, revokeTime } = key;
  const action = `/v1/signing-keys/${kid}`;
  const revoke = {
    method: "DELETE",
    action,
    submit: t.revoke,
    quiet: true,
    about: kid,
    confirm: t.revokeConfirm,
  } as const;
  const isRevoked = state === SigningKeyState.REVOKED;
  return html`<tr><th scope="row"><a href="${action}"><code>${kid.slice(0, 10)}…</code></a></th><td>${enumWords(language, SigningKeyStateSchema, state)}</td><td>${t.algorithms[algorithm as 1]}</td><td>${moment(language, createTime)}</td><td>${moment(language, activateTime)}</td><td>${isRevoked ? moment(language, revokeTime) : form(visit, revoke)}</td></tr>`;
}
