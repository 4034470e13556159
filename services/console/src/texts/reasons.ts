import type { Refusal } from "@tessera/rpc/refusal.ts";
import { inPseudo } from "./catalogue.ts";
import type { Language } from "./languages.ts";
import { AUTH_WORDS } from "./reasons/auth.ts";
import { GATEWAY_WORDS, RPC_WORDS } from "./reasons/gateway-and-rpc.ts";
import { GROUP_WORDS } from "./reasons/groups.ts";
import { PROJECT_WORDS } from "./reasons/project.ts";
import { TASK_WORDS } from "./reasons/task.ts";
import type { Advice, Metadata, Said, Words } from "./reasons/words.ts";

/** Why something was refused, and what can be done about it; empty if nothing is to be said beyond the title. */
export interface ReasonText {
  title: string;
  advice: Advice;
}

/** The words for every reason of the contracts. Its title in English stands in the contract. */
export const REASON_WORDS: ReadonlyMap<string, Words> = new Map(
  [GATEWAY_WORDS, RPC_WORDS, AUTH_WORDS, GROUP_WORDS, PROJECT_WORDS, TASK_WORDS].flatMap((it) =>
    Object.entries(it),
  ),
);

/** What the console itself says to a form. */
const CONSOLE_WORDS: ReadonlyMap<string, Words> = new Map([
  [
    "SIGN_IN_CHANGED",
    [
      "Vous vous êtes connecté de nouveau depuis l’ouverture de cette page",
      "Nothing was done yet. What you typed is still here: check it and send it again.",
      "Rien n’a encore été fait. Ce que vous avez saisi est toujours ici : relisez-le et envoyez-le de nouveau.",
    ],
  ],
]);

/** The words for a refusal. A reason of a service that is newer than the console is shown as the service says it. */
export function reasonText(
  language: Language,
  { reason, metadata }: Pick<Refusal, "reason" | "metadata">,
): ReasonText {
  const words = REASON_WORDS.get(reason.name) ?? CONSOLE_WORDS.get(reason.name);
  const [french = reason.title, english = "", inFrench = ""] = words ?? [];
  if (language === "fr") return { title: french, advice: said(inFrench, metadata) };
  const advice = said(english, metadata).map((part) =>
    typeof part === "string" ? inPseudo(language, part) : part,
  );
  return { title: inPseudo(language, reason.title), advice };
}

function said(words: Said, metadata: Metadata): Advice {
  if (typeof words === "function") return words(metadata);
  return words === "" ? [] : [words];
}
