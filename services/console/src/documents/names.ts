import {
  type DescField,
  type DescMethodUnary,
  getOption,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { FieldRole, refers_to } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { type Content, html } from "../html/html.ts";
import { namesOf } from "../people/names.ts";
import type { Visit } from "../visits/visit.ts";
import { isUnary } from "./resources.ts";
import { words } from "./words.ts";

/** The most names of one kind that are read for a page. */
const BATCH_MAX = 100;
const DEPTH_MAX = 4;

/** Shows what an id of a kind names: a link with its name, or with its number where it has none to be read. */
export type LinkTo = (kind: string, id: string) => Content;

/** The RPC by which many of a kind are read at once. */
const BATCHES: ReadonlyMap<string, DescMethodUnary> = new Map(
  SERVICES.flatMap(({ methods }) => methods).flatMap((it) => {
    const { resolves } = rulesOf(it);
    return resolves !== "" && isUnary(it) ? [[resolves, it] as const] : [];
  }),
);

/** The kind of what an id names: "users"; "" for what names nothing else. */
export function kindOf(field: DescField): string {
  return getOption(field, refers_to);
}

/** Reads the names of what some documents mention, by one call for each kind. */
export async function linksOf(visit: Visit, documents: readonly ReflectMessage[]): Promise<LinkTo> {
  const mentioned = new Map<string, Set<string>>();
  for (const document of documents) collect(document, mentioned, DEPTH_MAX);
  const people = await namesOf(
    visit,
    [...(mentioned.get("users") ?? [])].map((it) => BigInt(it)),
  );
  const kinds = [...mentioned].filter(([kind]) => kind !== "users");
  const names = new Map(
    await Promise.all(kinds.map(async ([kind, ids]) => [kind, await namesIn(visit, kind, ids)] as const)),
  );
  return (kind, id) => {
    if (kind === "users") return people(BigInt(id));
    const name = names.get(kind)?.get(id);
    return html`<a href="/v1/${kind}/${encodeURIComponent(id)}" dir="auto">${name || `${words(kind)} ${id}`}</a>`;
  };
}

function collect(message: ReflectMessage, mentioned: Map<string, Set<string>>, depth: number): void {
  if (depth === 0) return;
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const kind = kindOf(field);
    const value: unknown = message.get(field);
    const values = field.fieldKind === "list" ? [...(value as Iterable<unknown>)] : [value];
    for (const one of values) {
      if (kind !== "") add(mentioned, kind, String(one));
      else if (isReflected(one)) collect(one, mentioned, depth - 1);
    }
  }
}

function add(mentioned: Map<string, Set<string>>, kind: string, id: string): void {
  const ids = mentioned.get(kind) ?? new Set();
  if (ids.size < BATCH_MAX) ids.add(id);
  mentioned.set(kind, ids);
}

/** Whether a value is a message as it is read by its descriptor. */
export function isReflected(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value && "message" in value;
}

async function namesIn(
  visit: Visit,
  kind: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const rpc = BATCHES.get(kind);
  const idField = rpc && fieldWithRole(rpc.input, FieldRole.IDS);
  const rows = rpc && fieldWithRole(rpc.output, FieldRole.ROWS);
  if (rpc === undefined || idField?.fieldKind !== "list" || rows?.fieldKind !== "list") return new Map();
  const isText = idField.listKind === "scalar" && idField.scalar === ScalarType.STRING;
  const isLong = idField.listKind === "scalar" && idField.scalar === ScalarType.INT64;
  const values = [...ids].map((it) => (isText ? it : isLong ? BigInt(it) : Number(it)));
  const answer = await visit.ask(rpc, { [idField.localName]: values } as never);
  const found = (answer as Message & Record<string, unknown>)[rows.localName] as Message[];
  // The id of a document of "teams" is its "team_id".
  const own = idField.name.replace(/s$/, "");
  return new Map(found.map((it) => named(it, rows, own)));
}

function named(message: Message, rows: DescField & { fieldKind: "list" }, own: string): [string, string] {
  if (rows.listKind !== "message") return ["", ""];
  const document = reflect(rows.message, message);
  const textOf = (name: string) => {
    const field = document.fields.find((it) => it.name === name);
    return field === undefined ? "" : String(document.get(field));
  };
  const title = fieldWithRole(rows.message, FieldRole.TITLE)?.name ?? "name";
  return [textOf(own), textOf(title)];
}
