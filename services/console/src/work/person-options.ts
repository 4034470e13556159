import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { PEOPLE_TEXTS } from "../people/texts.ts";
import type { Visit } from "../visits/visit.ts";

/** The most people that one filter offers: as many as one call names. */
export const OPTIONS_MAX = 100;

/** A person that a filter offers: the number and the name. */
export type OfferedPerson = readonly [userId: string, name: string];

/** People as the options of a filter, by name; the reader comes first. */
export async function personOptions(
  { ask, person, language }: Visit,
  userIds: readonly (bigint | undefined)[],
): Promise<OfferedPerson[]> {
  const t = PEOPLE_TEXTS(language);
  const others = userIds.filter((it) => it !== undefined && it > 0n && it !== person?.userId) as bigint[];
  const wanted = [...new Set(others)].slice(0, OPTIONS_MAX);
  const isAsked = wanted.length > 0 && person !== undefined;
  const { users } = isAsked
    ? await ask(UserService.method.batchGetUsers, { userIds: wanted })
    : { users: [] };
  const names = new Map(users.map(({ userId, name }) => [userId, name]));
  const options = wanted.map((it): OfferedPerson => [String(it), names.get(it) ?? t.person(String(it))]);
  options.sort(([, a], [, b]) => a.localeCompare(b));
  return person === undefined ? options : [[String(person.userId), t.you], ...options];
}
