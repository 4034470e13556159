import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type AuthEventKind, AuthEventKindSchema } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { ListAuthEventsRequestSchema } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import { enumValue } from "../visits/enum-value.ts";
import { pageSizeOf } from "../visits/page-size.ts";
import type { Visit } from "../visits/visit.ts";
import { AUDIT_TEXTS } from "./audit-texts.ts";

const PAGE_SIZE = 50;
const ID = /^[1-9]\d{0,17}$/;
const SMALL_ID = /^[1-9]\d{0,8}$/;
const ZONED = /[zZ]$|[+-]\d\d:\d\d$/;

/** The request that an address of the audit log stands for. Refuses a filter that cannot be read: without it, more would be shown. */
export function auditRequest({
  query,
  language,
}: Pick<Visit, "query" | "language">): MessageInitShape<typeof ListAuthEventsRequestSchema> {
  const t = AUDIT_TEXTS(language);
  const read = <T>(name: string, of: (text: string) => T | undefined, words: string): T | undefined => {
    const text = (query.get(name) ?? "").trim();
    if (text === "") return undefined;
    const value = of(text);
    if (value === undefined) throw fieldRefusal(name, words);
    return value;
  };
  const person = (text: string) => (ID.test(text) ? BigInt(text) : undefined);
  const group = (text: string) => (SMALL_ID.test(text) ? Number(text) : undefined);
  const kind = (text: string) => enumValue<AuthEventKind>(AuthEventKindSchema, text) || undefined;
  return {
    userId: read("user_id", person, t.noPerson),
    actorUserId: read("actor_user_id", person, t.noPerson),
    organisationId: read("organisation_id", group, t.noGroup),
    teamId: read("team_id", group, t.noGroup),
    kind: read("kind", kind, t.noKind) ?? 0,
    afterTime: read("after_time", timeOf, t.noTime),
    beforeTime: read("before_time", timeOf, t.noTime),
    pageSize: pageSizeOf(query, PAGE_SIZE),
    pageToken: query.get("page_token") ?? "",
  };
}

/** A time as a field of a form has it, "2026-12-01T08:30", in UTC; undefined for what is none. */
function timeOf(text: string) {
  const date = new Date(ZONED.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? undefined : timestampFromDate(date);
}
