import type { Message } from "@bufbuild/protobuf";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { fieldValue } from "../requests/field-value.ts";
import { messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";

/** The languages of the texts in a response whose route offers several: of its document, or of its rows, each once. */
export function shownLanguages({ languages, rows, shown }: Route, response: Message): string[] {
  const desc = rows ? messageOf(rows) : shown.desc;
  const field = languages && desc && fieldWithRole(desc, FieldRole.SHOWN_LANGUAGE);
  if (field === undefined) return [];
  const holder = rows ?? shown.field;
  const value = holder === undefined ? response : fieldValue(response, holder);
  const documents = (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Message[];
  return [...new Set(documents.flatMap((it) => (fieldValue(it, field) as string | undefined) ?? []))];
}
