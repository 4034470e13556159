import { type DescMessage, type DescMethod, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { encodeEnvelope, transformSplitEnvelope } from "@connectrpc/connect/protocol";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type FieldViolation, Refusal, refusals, VIOLATIONS_MAX } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { readRequest } from "@tessera/rpc/server-call.ts";
import { expectation, withExactTimes } from "../requests/read-leaf.ts";
import { fieldsByName, isLeaf } from "../requests/read-message.ts";
import { parseStrictJson } from "../requests/strict-json.ts";
import { messageOf } from "../routes/geometry-field.ts";

const refuse = refusals(ReasonSchema);

/** How the body of a call of Connect or gRPC-Web holds its messages. */
export interface BodyForm {
  /** Whether each message stands in an envelope. */
  enveloped: boolean;
  json: boolean;
}

/** The form that a media type names; undefined for one that neither protocol has. */
export function bodyForm(type: string | undefined): BodyForm | undefined {
  const match = /^application\/(?:(connect|grpc-web)\+)?(proto|json)$|^application\/grpc-web$/i.exec(
    (type ?? "").split(";", 1)[0]?.trim() ?? "",
  );
  if (match === null) return undefined;
  const [, protocol, encoding] = match;
  return {
    enveloped: protocol !== undefined || encoding === undefined,
    json: encoding?.toLowerCase() === "json",
  };
}

/**
 * The body of a call, each message of which can be read: one that cannot is refused as over gRPC, with MESSAGE_MALFORMED and
 * the fields that are wrong. Times are by the letter, as in REST.
 */
export async function* readableBody(
  rpc: DescMethod,
  form: BodyForm,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  try {
    if (!form.enveloped) {
      yield readable(rpc, form, await wholeOf(body, maxBytes));
      return;
    }
    for await (const { flags, data } of transformSplitEnvelope(maxBytes)(body)) {
      if (flags !== 0)
        throw malformed(rpc, "A message has a flag that is not taken, such as that of compression");
      yield encodeEnvelope(flags, readable(rpc, form, data));
    }
  } catch (error) {
    throw error instanceof Refusal ? refusalToError(error) : typed(rpc, error, maxBytes);
  }
}

function readable(rpc: DescMethod, { json }: BodyForm, bytes: Uint8Array): Uint8Array {
  if (json) return readableJson(rpc, bytes);
  readRequest(rpc, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return bytes;
}

function readableJson(rpc: DescMethod, bytes: Uint8Array): Uint8Array {
  const json = strictJson(rpc, bytes);
  const violations: FieldViolation[] = [];
  const exact = withTimes(rpc.input, json, "", violations);
  if (violations.length > 0) {
    const [first] = violations as [FieldViolation];
    throw refuse(Reason.MESSAGE_MALFORMED, { violations, detail: `${first.field}: ${first.description}` });
  }
  try {
    fromJson(rpc.input, exact as JsonValue, { ignoreUnknownFields: false });
  } catch (error) {
    throw malformed(rpc, error instanceof Error ? error.message : undefined);
  }
  return Buffer.from(JSON.stringify(exact));
}

function strictJson(rpc: DescMethod, bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    throw malformed(rpc, error instanceof Refusal ? error.message : undefined);
  }
}

/** JSON with every time as protobuf reads it. What is no time is noted; what has another shape is left as it is. */
function withTimes(desc: DescMessage, json: unknown, path: string, violations: FieldViolation[]): unknown {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json;
  const fields = fieldsByName(desc);
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const field = fields.get(name);
      const below = field && messageOf(field);
      if (field === undefined || below === undefined || violations.length >= VIOLATIONS_MAX)
        return [name, value];
      const fieldPath = path + field.name;
      if (!isLeaf(below)) return [name, eachWithTimes(below, value, fieldPath, violations, field.fieldKind)];
      const exact = withExactTimes(field, value);
      if (exact === undefined)
        violations.push({ field: fieldPath, description: expectation(field), rule: "field.type" });
      return [name, exact];
    }),
  );
}

function eachWithTimes(
  desc: DescMessage,
  value: unknown,
  fieldPath: string,
  violations: FieldViolation[],
  kind: string,
): unknown {
  const one = (it: unknown, path: string) => withTimes(desc, it, `${path}.`, violations);
  if (kind === "list" && Array.isArray(value)) return value.map((it, at) => one(it, `${fieldPath}[${at}]`));
  if (kind !== "map" || typeof value !== "object" || value === null) return one(value, fieldPath);
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [key, one(it, `${fieldPath}[${JSON.stringify(key)}]`)]),
  );
}

async function wholeOf(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What splitting a body into its envelopes threw. */
function typed(rpc: DescMethod, error: unknown, maxBytes: number): unknown {
  if (!(error instanceof ConnectError)) return error;
  if (error.code === Code.ResourceExhausted) return refusalToError(tooLarge(maxBytes));
  return error.code === Code.InvalidArgument ? refusalToError(malformed(rpc)) : error;
}

function tooLarge(maxBytes: number): Refusal {
  return refuse(Reason.MESSAGE_TOO_LARGE, { metadata: { limit_bytes: String(maxBytes) } });
}

function malformed({ input }: DescMethod, detail = `The request is not a ${input.typeName}`): Refusal {
  return refuse(Reason.MESSAGE_MALFORMED, { detail });
}
