import { hash, type KeyObject } from "node:crypto";
import { isMarkedSecret } from "../mark.ts";
import { ownTokenIdIn, tokenIdIn } from "../personal-access-tokens/personal-access-token.ts";
import { readRefreshToken } from "../sessions/refresh-token.ts";
import type { Parameters } from "./parameters.ts";

/** What the secrets of a sign-in are marked for. */
export const CODE = "authorization code";
export const STATE = "state";

/** The kind of a person's credential in a form, by its mark, without a query. */
export interface Presented {
  /** What it is a credential of: a code, a session, a personal access token. Undefined for none of ours. */
  account?: string;
  /** Whether one is presented that this deployment did not make. */
  isForged: boolean;
}

/** Reads the credential in a form, whichever endpoint it is for. */
export function presentedIn(key: KeyObject, form: Parameters): Presented {
  const given = ["code", "refresh_token", "subject_token", "token"]
    .map((name) => ({ name, text: form.get(name) }))
    .find((it) => it.text !== undefined);
  if (given?.text === undefined) return { isForged: false };
  const { name, text } = given;
  const account = accountOf(key, name, text);
  if (account !== undefined) return { account, isForged: false };
  // The other two parameters take access tokens as well, which have signatures of their own.
  const isOurs = name === "code" || name === "refresh_token" || tokenIdIn(text) !== undefined;
  return { isForged: isOurs };
}

function accountOf(key: KeyObject, name: string, text: string): string | undefined {
  if (name === "code")
    return isMarkedSecret(key, CODE, text) ? `code ${hash("sha256", text, "base64url")}` : undefined;
  const session = readRefreshToken(key, text)?.sessionId;
  if (session !== undefined) return `session ${session}`;
  const tokenId = ownTokenIdIn(key, text);
  return tokenId === undefined ? undefined : `token ${tokenId}`;
}
