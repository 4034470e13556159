import { pageTokenInvalid } from "@tessera/rpc/page-token.ts";

/** Reads a number that a page token ends with. Refuses PAGE_TOKEN_INVALID: page tokens are no secret, and can be made up. */
export function numberIn(text: string): bigint {
  if (!/^[0-9]{1,18}$/.test(text)) throw pageTokenInvalid();
  return BigInt(text);
}

const MOMENT = /^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;

/** Reads a moment and an id of this form that a page token ends with. Refuses PAGE_TOKEN_INVALID. */
export function momentAndIdIn(text: string, form: RegExp): { createTime: Date; id: string } {
  const [moment = "", id = ""] = text.split(" ");
  const createTime = new Date(MOMENT.test(moment) ? moment : Number.NaN);
  if (Number.isNaN(createTime.getTime()) || !form.test(id)) throw pageTokenInvalid();
  return { createTime, id };
}
