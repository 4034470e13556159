import { type Operation, OperationStateSchema } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import type { Language } from "../texts/languages.ts";
import { enumName } from "../visits/enum-value.ts";
import { OPERATION_TEXTS } from "./texts.ts";

type Words = Readonly<Record<string, string>>;

/** What an operation does. */
export function kindText(language: Language, kind: string): string {
  return (OPERATION_TEXTS(language).kinds as Words)[kind] ?? kind;
}

/** How an operation stands. */
export function stateText(language: Language, { state, cancelRequested, done }: Operation): string {
  const { states } = OPERATION_TEXTS(language);
  if (cancelRequested && !done) return states.CANCELLING;
  return (states as Words)[enumName(OperationStateSchema, state)] ?? "";
}

/** Why units of work were skipped. */
export function reasonWord(language: Language, reason: string): string {
  return (OPERATION_TEXTS(language).reasons as Words)[reason] ?? reason;
}

/** What became of units of work. */
export function resultWord(language: Language, result: string): string {
  return (OPERATION_TEXTS(language).resultNames as Words)[result] ?? result;
}
