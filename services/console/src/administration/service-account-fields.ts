import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import type { ServiceAccount } from "@tessera/contracts/tessera/auth/v1/service_account_pb.ts";
import { checkBox, type Field, field } from "../forms/field.ts";
import type { Command } from "../forms/form.ts";
import { refusalAt } from "../forms/form.ts";
import { type Content, html } from "../html/html.ts";
import { violationText } from "../texts/violations.ts";
import type { FormData } from "../visits/form-data.ts";
import type { Visit } from "../visits/visit.ts";
import { SERVICE_ACCOUNT_TEXTS } from "./service-account-texts.ts";

const DESCRIPTION_MAX = 500;
const JWK_ROWS = 4;
const JWK_MAX = 2_048;

/** The fields of a service account that may change. `prefix` is where the request has them: "service_account.". */
export function serviceAccountFields(
  visit: Visit,
  command: Command,
  account: ServiceAccount | undefined,
  prefix: "" | "service_account.",
): Content {
  const t = SERVICE_ACCOUNT_TEXTS(visit.language);
  const scopes = PERSON_SCOPES.map((it) =>
    checkBox(visit, command, {
      name: `${prefix}scopes`,
      value: it,
      label: it,
      isOn: account?.scopes.includes(it) ?? false,
    }),
  );
  const faults = (refusalAt(visit, command)?.violations ?? []).filter((it) =>
    it.field.startsWith(`${prefix}scopes`),
  );
  return html`${field(visit, command, {
    name: `${prefix}description`,
    label: t.description,
    value: account?.description,
    maxLength: DESCRIPTION_MAX,
  })}
<fieldset><legend>${t.scopes}</legend><p class="help">${t.scopesHelp}</p>${faults.map((it) => html`<p class="fault">${violationText(visit.language, it)}</p>`)}${scopes}</fieldset>
${checkBox(visit, command, { name: `${prefix}may_act`, label: t.mayAct, help: t.mayActHelp, isOn: account?.mayAct ?? false })}`;
}

/** The field that a public key is pasted into. */
export function jwkField(visit: Visit, command: Command, it: Pick<Field, "label" | "required">): Content {
  const { jwkHelp: help } = SERVICE_ACCOUNT_TEXTS(visit.language);
  return field(visit, command, { ...it, name: "jwk", help, rows: JWK_ROWS, maxLength: JWK_MAX });
}

/** What was typed into these fields. */
export function typedServiceAccount(form: FormData, prefix: "" | "service_account.") {
  return {
    description: form.text(`${prefix}description`),
    scopes: [...form.all(`${prefix}scopes`)],
    mayAct: form.isOn(`${prefix}may_act`),
  };
}
