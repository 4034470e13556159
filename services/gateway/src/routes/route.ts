import { type DescField, type DescMessage, type DescMethod, getOption } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import type { HttpRule } from "@tessera/contracts/google/api/http_pb.ts";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { AcknowledgementSchema } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { changes_without_revision, FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { defaultMs, longestMs } from "@tessera/rpc/deadline.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { messageOf } from "./geometry-field.ts";
import { type PathTemplate, type PathVariable, parseTemplate } from "./path-template.ts";

/** The largest body of an RPC whose contract names none, in bytes. */
const BODY_MAX_BYTES = 1024 * 1024;

/** The parameter that names the languages in which texts are wanted. */
export const LANGUAGE = "language";

/** A variable of a path, and the fields that lead to the one which takes its value. */
export interface BoundVariable {
  variable: PathVariable;
  fields: readonly DescField[];
}

/** What is shown of a response: a message, or each message of a list. */
export interface Shown {
  desc: DescMessage;
  /** The field of the response that is shown; undefined for all of it. */
  field: DescField | undefined;
  /** Whether that field is a list. */
  list: boolean;
}

/** How an RPC takes a file. */
export interface Upload {
  chunk: DescField;
  fileName: DescField | undefined;
  mediaType: DescField | undefined;
  maxBytes: number;
}

/** Bytes in a response that are the body of the answer. */
export interface Answer {
  field: DescField;
  mediaType: string;
}

/** One way to call one RPC over HTTP: all that its descriptor says. */
export interface Route {
  rpc: DescMethod;
  /** "GET", or "*" for every method. */
  httpMethod: string;
  template: PathTemplate;
  variables: readonly BoundVariable[];
  /** The query parameter that selects it among two routes of one path; undefined where it is the only one. */
  selectedBy: DescField | undefined;
  /** Where the body goes: nowhere, into the whole message, or into one field. */
  body: "none" | "all" | DescField;
  shown: Shown;
  /** Whether what is shown can change while its revision stays. */
  changesWithoutRevision: boolean;
  /** What of a response is the body as it stands; undefined where a document is made of it. */
  answer: Answer | undefined;
  /** In the response of a list: the documents, and the token of the next page. */
  rows: DescField | undefined;
  nextPage: DescField | undefined;
  /** In the response of a list: its tag, and whether it is as the caller knows it. */
  etag: DescField | undefined;
  unchanged: DescField | undefined;
  /** In the request of a list: the tag that the caller knows, and the fields that each row shall carry. */
  knownEtag: DescField | undefined;
  fields: DescField | undefined;
  /** In the request of a read: the languages in which texts are wanted. */
  languages: DescField | undefined;
  /** Of an RPC that takes a file as a stream of chunks: how. */
  upload: Upload | undefined;
  /** The largest body, in bytes. */
  bodyMaxBytes: number;
  /** How long a call that is answered once may take, in milliseconds. */
  deadlineMs: number;
  requestId: DescField | undefined;
  expectedRevision: DescField | undefined;
  resumePosition: DescField | undefined;
  /** In the request: the URL under which the client reaches the gateway. */
  publicUrl: DescField | undefined;
  /** The mask that a merge patch fills. */
  mask: DescField | undefined;
  /** In the response to a command. */
  acknowledgement: DescField | undefined;
  /** In the response to a command: the document of what was acknowledged; and in its request, whether it is wanted. */
  document: DescField | undefined;
  wantsDocument: DescField | undefined;
  /** Whether the response may carry a secret: a field that the contract says not to show in logs. */
  secret: boolean;
  /** What a response to a command says beyond what every such response says. */
  said: readonly DescField[];
  /** Whether success made something new; a field of the response where that varies. */
  created: boolean | DescField;
  /** Whether the acknowledgement names an operation that continues. */
  startsOperation: boolean;
  /** In a message of a stream: the position that resumes after it. */
  position: DescField | undefined;
  /** In the request of a stream: what makes its events the same for all readers, and whether it is to carry none. */
  sharedBy: DescField | undefined;
  withoutEvents: DescField | undefined;
}

/** Reads one rule of google.api.http. Throws where it does not fit the RPC. */
export function routeOf(rpc: DescMethod, rule: HttpRule): Route {
  const [httpMethod, path] = patternOf(rpc, rule);
  const template = parseTemplate(path);
  const { input, output } = rpc;
  const body = bodyOf(rpc, rule.body);
  const rules = rulesOf(rpc);
  const variables = template.variables.map((variable) => ({
    variable,
    fields: fieldsOf(rpc, variable.fieldPath),
  }));
  const ofType = (desc: DescMessage, type: DescMessage) =>
    desc.fields.find((it) => it.fieldKind === "message" && it.message.typeName === type.typeName);
  const acknowledgement = isAnsweredOnce(rpc) ? ofType(output, AcknowledgementSchema) : undefined;
  const created = fieldWithRole(output, FieldRole.CREATED);
  const document = fieldWithRole(output, FieldRole.DOCUMENT);
  const shown = shownOf(rpc, rule.responseBody);
  return {
    rpc,
    httpMethod,
    template,
    variables,
    selectedBy: selectedByOf(rpc, rules.selectedBy, httpMethod, variables),
    body,
    shown,
    changesWithoutRevision: shown.desc.fields.some((it) => getOption(it, changes_without_revision)),
    answer: answerOf(rpc, rules.answerMediaType),
    rows: fieldWithRole(output, FieldRole.ROWS),
    nextPage: fieldWithRole(output, FieldRole.NEXT_PAGE),
    etag: fieldWithRole(output, FieldRole.ETAG),
    unchanged: fieldWithRole(output, FieldRole.UNCHANGED),
    knownEtag: fieldWithRole(input, FieldRole.KNOWN_ETAG),
    fields: fieldWithRole(input, FieldRole.FIELDS),
    languages: fieldWithRole(input, FieldRole.LANGUAGES),
    upload: uploadOf(rpc),
    bodyMaxBytes: bodyMaxBytesOf(rpc),
    deadlineMs: Math.min(defaultMs(rpc), longestMs(rpc)),
    requestId: fieldWithRole(input, FieldRole.REQUEST_ID),
    expectedRevision: fieldWithRole(input, FieldRole.EXPECTED_REVISION),
    resumePosition: fieldWithRole(input, FieldRole.RESUME_POSITION),
    publicUrl: fieldWithRole(input, FieldRole.PUBLIC_URL),
    mask: httpMethod === "PATCH" && typeof body === "object" ? ofType(input, FieldMaskSchema) : undefined,
    acknowledgement,
    document,
    wantsDocument: fieldWithRole(input, FieldRole.WANTS_DOCUMENT),
    secret: carriesSecret(output),
    said: output.fields.filter((it) => it !== acknowledgement && it !== created && it !== document),
    created: created ?? rules.creates,
    startsOperation: rules.startsOperation,
    position: fieldWithRole(output, FieldRole.POSITION),
    sharedBy: fieldWithRole(input, FieldRole.SHARED_BY),
    withoutEvents: fieldWithRole(input, FieldRole.WITHOUT_EVENTS),
  };
}

/** Whether an RPC answers with one message. */
export function isAnsweredOnce({ methodKind }: Pick<DescMethod, "methodKind">): boolean {
  return methodKind === "unary" || methodKind === "client_streaming";
}

/** The largest body that an RPC takes over HTTP, in bytes. */
export function bodyMaxBytesOf(rpc: DescMethod): number {
  return Number(rulesOf(rpc).bodyMaxBytes) || BODY_MAX_BYTES;
}

function answerOf(rpc: DescMethod, mediaType: string): Answer | undefined {
  const field = fieldWithRole(rpc.output, FieldRole.BODY);
  if ((field === undefined) !== (mediaType === ""))
    throw new Error(`${nameOf(rpc)}: bytes that are a body need a media type, and a media type such bytes`);
  return field && { field, mediaType };
}

function uploadOf(rpc: DescMethod): Upload | undefined {
  if (rpc.methodKind !== "client_streaming") return undefined;
  const chunk = fieldWithRole(rpc.input, FieldRole.CHUNK);
  if (chunk === undefined)
    throw new Error(`${nameOf(rpc)}: HTTP cannot carry a stream of requests but a file`);
  return {
    chunk,
    fileName: fieldWithRole(rpc.input, FieldRole.FILE_NAME),
    mediaType: fieldWithRole(rpc.input, FieldRole.MEDIA_TYPE),
    maxBytes: bodyMaxBytesOf(rpc),
  };
}

function patternOf(rpc: DescMethod, { pattern }: HttpRule): [method: string, path: string] {
  if (pattern.case === undefined) throw new Error(`${nameOf(rpc)}: its HTTP rule has no path`);
  if (pattern.case === "custom") return [pattern.value.kind.toUpperCase(), pattern.value.path];
  return [pattern.case.toUpperCase(), pattern.value];
}

function selectedByOf(
  rpc: DescMethod,
  name: string,
  httpMethod: string,
  variables: readonly BoundVariable[],
): DescField | undefined {
  if (name === "") return undefined;
  const field = fieldNamed(rpc, rpc.input, name);
  if (httpMethod !== "GET") throw new Error(`${nameOf(rpc)}: only a GET can be selected by "${name}"`);
  if (variables.some(({ fields }) => fields[0] === field))
    throw new Error(`${nameOf(rpc)}: "${name}" is part of the path and selects nothing`);
  return field;
}

function bodyOf(rpc: DescMethod, name: string): Route["body"] {
  if (name === "") return "none";
  if (name === "*") return "all";
  return fieldNamed(rpc, rpc.input, name);
}

function shownOf(rpc: DescMethod, name: string): Shown {
  if (name === "") return { desc: rpc.output, field: undefined, list: false };
  const field = fieldNamed(rpc, rpc.output, name);
  const desc = messageOf(field);
  if (desc === undefined || field.fieldKind === "map") {
    throw new Error(`${nameOf(rpc)}: response_body "${name}" is neither a message nor a list of messages`);
  }
  return { desc, field, list: field.fieldKind === "list" };
}

function fieldsOf(rpc: DescMethod, path: readonly string[]): DescField[] {
  let desc: DescMessage | undefined = rpc.input;
  const fields: DescField[] = [];
  for (const name of path) {
    if (desc === undefined) throw new Error(`${nameOf(rpc)}: nothing lies below "${fields.at(-1)?.name}"`);
    const field = fieldNamed(rpc, desc, name);
    if (field.fieldKind === "list" || field.fieldKind === "map") {
      throw new Error(`${nameOf(rpc)}: a path cannot bind "${name}", which is repeated`);
    }
    fields.push(field);
    desc = messageOf(field);
  }
  if (desc !== undefined)
    throw new Error(`${nameOf(rpc)}: a path cannot bind "${path.join(".")}", a message`);
  return fields;
}

function fieldNamed(rpc: DescMethod, desc: DescMessage, name: string): DescField {
  const field = desc.fields.find((it) => it.name === name);
  if (field === undefined) throw new Error(`${nameOf(rpc)}: ${desc.typeName} has no field "${name}"`);
  return field;
}

function nameOf(rpc: DescMethod): string {
  return `${rpc.parent.typeName}.${rpc.name}`;
}

/** Whether a message, or one in it, has a field that logs must not show (`debug_redact`). */
function carriesSecret(desc: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (seen.has(desc)) return false;
  seen.add(desc);
  return desc.fields.some(
    (it) =>
      it.proto.options?.debugRedact === true || (it.message !== undefined && carriesSecret(it.message, seen)),
  );
}
