import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

/** The most names that one call returns. */
const BATCH_MAX = 100;

/**
 * Shows a person as a link with their name. The reader is "you", except as a part of a sentence whose verb is in the
 * third person: there they have their name too.
 */
export type NameOf = (userId: bigint | undefined, reader?: "you" | "name") => Content;

/** The people that a page mentions. */
export interface Names {
  /** A person as a link. */
  nameOf: NameOf;
  /** A person's name alone, for what can hold no link. */
  textOf(userId: bigint): string;
}

/** Reads the names of the people that a page mentions, as links. */
export async function namesOf(visit: Visit, userIds: readonly (bigint | undefined)[]): Promise<NameOf> {
  return (await readNames(visit, userIds)).nameOf;
}

/** Reads the names of the people that a page mentions, in one batch. Nobody's name is needed for a page to be shown. */
export async function readNames(visit: Visit, userIds: readonly (bigint | undefined)[]): Promise<Names> {
  const t = PEOPLE_TEXTS(visit.language);
  const wanted = [...new Set(userIds.filter((it) => it !== undefined && it > 0n) as bigint[])].slice(
    0,
    BATCH_MAX,
  );
  const names = new Map<bigint, string>();
  if (wanted.length > 0 && visit.person !== undefined) {
    const { users } = await visit.ask(UserService.method.batchGetUsers, { userIds: wanted });
    for (const { userId, name } of users) names.set(userId, name);
  }
  const textOf = (userId: bigint) => names.get(userId) ?? t.person(String(userId));
  const nameOf: NameOf = (userId, reader = "you") => {
    if (userId === undefined) return "";
    if (userId === visit.person?.userId)
      return reader === "you"
        ? html`<a href="/v1/users/me">${t.you}</a>`
        : html`<a href="/v1/users/me" dir="auto">${visit.person.name}</a>`;
    return html`<a href="/v1/users/${userId}" dir="auto">${textOf(userId)}</a>`;
  };
  return { nameOf, textOf };
}
