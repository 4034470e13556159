import type { Refusal } from "@tessera/rpc/refusal.ts";
import type { Language } from "./languages.ts";

/** Why something was refused, and what can be done about it; "" if nothing is to be said beyond the title. */
export interface ReasonText {
  title: string;
  advice: string;
}

/** The words for a refusal. */
export function reasonText(_language: Language, refusal: Refusal): ReasonText {
  return { title: refusal.message, advice: "" };
}
