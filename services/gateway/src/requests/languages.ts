import type { Message } from "@bufbuild/protobuf";
import Negotiator from "negotiator";
import { LANGUAGE, type Route } from "../routes/route.ts";
import { fieldValue, setFieldValue } from "./field-value.ts";
import type { Parameter } from "./query.ts";

/** The most languages of Accept-Language that are passed on. */
const LANGUAGES_MAX = 20;
/** A language tag that services take. */
const TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;
const TAG_MAX_LENGTH = 35;

/** The parameters of a query, with that of the languages under the name of its field. */
export function withLanguages(
  { languages }: Pick<Route, "languages">,
  parameters: readonly Parameter[],
): readonly Parameter[] {
  if (languages === undefined) return parameters;
  return parameters.map((it) => (it.name === LANGUAGE ? { ...it, name: languages.name } : it));
}

/** Asks for texts in the languages of Accept-Language where the query names none. What is no language there is ignored. */
export function acceptLanguages(
  { languages }: Pick<Route, "languages">,
  message: Message,
  accepted: string | undefined,
): void {
  if (languages === undefined || accepted === undefined) return;
  if ((fieldValue(message, languages) as string[]).length > 0) return;
  const tags = new Negotiator({ headers: { "accept-language": accepted } }).languages();
  const known = tags.filter((tag) => tag.length <= TAG_MAX_LENGTH && TAG.test(tag));
  setFieldValue(message, languages, known.slice(0, LANGUAGES_MAX));
}
