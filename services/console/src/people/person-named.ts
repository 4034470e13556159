import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import type { Visit } from "../visits/visit.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

const PAGE_SIZE = 20;

/** Finds the person whose name or number was typed into a field. Refuses a text that names nobody, or several people. */
export async function personNamed({ ask, form, language }: Visit, field: string): Promise<bigint> {
  const t = PEOPLE_TEXTS(language);
  const text = form.text(field);
  if (/^[1-9]\d{0,17}$/.test(text)) return BigInt(text);
  if (text === "") throw fieldRefusal(field, t.nobodyTyped);
  const { users } = await ask(UserService.method.listUsers, { query: text, pageSize: PAGE_SIZE });
  const same = users.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  const [first, ...others] = same;
  if (first === undefined) throw fieldRefusal(field, t.nobodyNamed);
  if (others.length > 0) throw fieldRefusal(field, t.severalNamed);
  return first.userId;
}
