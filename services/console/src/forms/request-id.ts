import { createHash } from "node:crypto";
import type { FormData } from "../visits/form-data.ts";

/** The field in which a form carries its own id. */
export const REQUEST_ID = "_request_id";
/** This differs between copies of a form that ask for the same. */
const SAYS_NOTHING = new Set([REQUEST_ID, "_token"]);
const ID = /^[!-~]{1,64}$/;
const DIGEST_CHARACTERS = 22;

/**
 * The form with the request id of what it asks for. A form that is sent twice as it is has one effect. A form that is
 * changed and sent again (after Back, or after its first answer was lost) asks for something else, and has another id.
 */
export function identified(form: FormData, command: string): FormData {
  const id = form.text(REQUEST_ID);
  if (!ID.test(id)) return form;
  const fields = form
    .names()
    .filter((name) => !SAYS_NOTHING.has(name))
    .toSorted()
    .map((name) => [name, form.all(name)]);
  return form.with(REQUEST_ID, extended(id, JSON.stringify([command, fields, form.file?.name])));
}

/** The request id of a form for a file with this content: the same file again has one effect. */
export function requestIdWith(form: FormData, content: string | Uint8Array): string {
  return extended(form.text(REQUEST_ID).slice(0, 64), content);
}

function extended(id: string, content: string | Uint8Array): string {
  const digest = createHash("sha256").update(content).digest("base64url");
  return `${id}.${digest.slice(0, DIGEST_CHARACTERS)}`;
}
