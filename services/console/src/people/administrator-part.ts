import {
  MappingLevelSchema,
  SystemRoleSchema,
  type User,
  UserKind,
} from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { checkBox, field } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { choiceForm } from "./choice-form.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

/** What an administrator sets of a person: role, level, block; and their deletion. */
export async function administratorPart(visit: Visit, user: User): Promise<Content> {
  const t = PEOPLE_TEXTS(visit.language);
  const { userId, revision } = user;
  const path = `/v1/users/${userId}`;
  const role = { method: "PUT", action: `${path}/role`, submit: t.setRole, revision } as const;
  const level = { method: "PUT", action: `${path}/level`, submit: t.setLevel, revision } as const;
  const remove = { method: "DELETE", action: path, submit: t.deletePerson, danger: true } as const;
  const roles = choiceForm(visit, role, {
    ...{ name: "system_role", label: t.role, desc: SystemRoleSchema, words: t.roles },
    now: user.systemRole,
  });
  const levels = choiceForm(visit, level, {
    ...{ name: "mapping_level", label: t.level, desc: MappingLevelSchema, words: t.levels },
    now: user.mappingLevel,
  });
  const deletion =
    user.kind === UserKind.SERVICE
      ? ""
      : html`<h3>${t.deletePerson}</h3><p>${t.deletePersonHelp}</p>${form(visit, remove, checkBox(visit, remove, { name: "confirmed", label: t.deletePersonConfirm, isOn: false }))}`;
  return html`<section class="administer"><h2>${t.administer}</h2>${roles}${levels}
${await blockPart(visit, user)}${deletion}<p><a href="/v1/auth-events?user_id=${userId}">${t.events}</a></p></section>`;
}

async function blockPart(visit: Visit, { userId, blocked }: User): Promise<Content> {
  const { ask, language } = visit;
  const t = PEOPLE_TEXTS(language);
  const action = `/v1/users/${userId}/block`;
  if (!blocked) {
    const command = { method: "PUT", action, submit: t.block, danger: true } as const;
    const reason = {
      name: "reason",
      label: t.blockReason,
      help: t.blockReasonHelp,
      rows: 2,
      maxLength: 1000,
    };
    return html`<h3>${t.block}</h3>${form(visit, command, field(visit, command, { ...reason, required: true }))}`;
  }
  const { block } = await ask(UserService.method.getBlock, { userId });
  const command = { method: "DELETE", action, submit: t.unblock } as const;
  return html`<h3>${t.blocked}</h3><p>${t.blockedSince} ${moment(language, block?.blockTime)}</p><p class="lines" dir="auto">${block?.reason}</p>${form(visit, command)}`;
}
