import { deflateRawSync, inflateRawSync } from "node:zlib";
import { Code } from "@connectrpc/connect";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { COOKIES, setCookie } from "../session/cookies.ts";
import { FormData } from "../visits/form-data.ts";
import type { RefusedForm, Visit } from "../visits/visit.ts";

/** How long somebody may take to sign in again. */
const KEPT_MAX_SECONDS = 900;
/** Browsers take no larger cookie. */
const COOKIE_MAX_BYTES = 4_000;
/** A form of this size does not fit in a cookie, however well it is compressed. */
const TEXT_MAX_CHARACTERS = 64 * 1024;

/** What each form carries besides what is typed: it is made anew. */
const OWN_FIELDS = new Set(["_token", "_request_id"]);

/** Why a form is shown again that was sent with another sign-in than the one of its page. */
export function signInChanged(): Refusal {
  return new Refusal({
    domain: "console.tessera",
    name: "SIGN_IN_CHANGED",
    code: Code.PermissionDenied,
    httpStatus: 403,
    retryable: false,
    title: "You have signed in anew since this page was opened",
    metadataKeys: [],
    class: 0,
    number: 0,
  });
}

/** Keeps what was typed in a cookie for its page: `page` is its path with the query. Nothing if it is too long for one. */
export async function keepForm(
  { deps, person }: Pick<Visit, "deps" | "person">,
  page: string,
  command: string,
  form: FormData,
): Promise<string[]> {
  const fields = form.names().filter((name) => !OWN_FIELDS.has(name));
  const typed = JSON.stringify(fields.map((name) => [name, form.all(name)]));
  if (fields.length === 0 || typed.length > TEXT_MAX_CHARACTERS) return [];
  const packed = deflateRawSync(typed).toString("base64");
  const sealed = await deps.sealed.seal(
    "kept-form",
    { page, command, packed, author: authorOf(person) },
    KEPT_MAX_SECONDS,
  );
  if (sealed.length > COOKIE_MAX_BYTES) return [];
  return [setCookie(COOKIES.kept, sealed, KEPT_MAX_SECONDS)];
}

/** The form that was kept for this page; undefined for none. */
export async function keptForm({
  deps,
  cookies,
  path,
  query,
  person,
}: Visit): Promise<RefusedForm | undefined> {
  const sealed = cookies.get(COOKIES.kept);
  if (sealed === undefined || person === undefined) return undefined;
  const kept = await deps.sealed.open("kept-form", sealed);
  if (kept?.page !== pageOf(path, query)) return undefined;
  // Somebody else may sign in on the same computer. The author is not known if the session was gone already.
  if (kept.author && kept.author !== authorOf(person)) return undefined;
  const text = inflateRawSync(Buffer.from(kept.packed ?? "", "base64"), {
    maxOutputLength: 4 * TEXT_MAX_CHARACTERS,
  }).toString();
  const form = new FormData(new Map(JSON.parse(text) as [string, string[]][]));
  return { command: kept.command ?? "", refusal: signInChanged(), form };
}

function authorOf(person: Visit["person"]): string {
  return person === undefined ? "" : String(person.userId);
}

/** A page as its address names it. */
export function pageOf(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query}`;
}
