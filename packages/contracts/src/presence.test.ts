import { type DescField, type DescMessage, getOption, hasOption } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { field as rules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { expect, test } from "vitest";
import { SERVICES } from "./catalogue.ts";

/** The packages that hold the rule. */
const HELD = ["tessera.auth.v1", "tessera.project.v1", "tessera.rpc.v1", "tessera.task.v1"];
/** Ids without presence that the rule does not find to be always there, each with the reason why it is. */
const ALWAYS_THERE: Readonly<Record<string, string>> = {
  "tessera.rpc.v1.Acknowledgement.request_id": "a command is refused without one",
};

const messages = new Set(
  SERVICES.flatMap(({ methods }) => methods).flatMap(({ input, output }) => [
    ...below(input),
    ...below(output),
  ]),
);
const ids = [...messages]
  .filter(({ file }) => HELD.includes(file.proto.package))
  .flatMap(({ fields }) => fields)
  .filter(({ name, fieldKind }) => fieldKind === "scalar" && /(^|_)id$/.test(name));

function below(desc: DescMessage, seen = new Set<DescMessage>()): Set<DescMessage> {
  if (!seen.has(desc)) {
    seen.add(desc);
    for (const { message } of desc.fields) if (message) below(message, seen);
  }
  return seen;
}

/** Whether a field distinguishes an absent value from 0 or "". */
function hasPresence({ presence }: DescField): boolean {
  return presence === FeatureSet_FieldPresence.EXPLICIT;
}

/** Whether the rules of a field refuse 0 or "". */
function refusesZero(desc: DescField): boolean {
  if (!hasOption(desc, rules)) return false;
  const { required, type } = getOption(desc, rules);
  if (required || type.case === undefined) return required;
  if (type.case === "string") {
    const { minLen, pattern, wellKnown } = type.value;
    return minLen > 0n || wellKnown.case === "uuid" || (pattern !== "" && !new RegExp(pattern, "u").test(""));
  }
  const { greaterThan } = type.value as { greaterThan?: { case?: string; value?: number | bigint } };
  return greaterThan?.case === "gt" || (greaterThan?.case === "gte" && (greaterThan.value ?? 0) > 0);
}

/** Whether a field is the id of the document itself, or one before it: the ids of the documents that it belongs to. */
function namesItself({ parent, name }: DescField): boolean {
  // The id of an AuthEvent is `event_id`.
  const ownId = (it: DescField) =>
    `_${snakeCase(parent.name)}_id`.endsWith(`_${it.name}`) && it.name !== "id";
  const last = parent.fields.findIndex(ownId);
  return parent.fields.findIndex((it) => it.name === name) <= last;
}

function snakeCase(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

const named = (desc: DescField) => `${desc.parent.typeName}.${desc.name}`;

test("an id that may be missing is optional: 0 or an empty text never stands for nobody", () => {
  const sentinels = ids
    .filter((it) => !hasPresence(it) && !refusesZero(it) && !namesItself(it))
    .map(named)
    .filter((name) => !(name in ALWAYS_THERE));
  expect(sentinels).toEqual([]);
});

test("every exception is a field that needs one", () => {
  const needed = ids.filter((it) => !hasPresence(it) && !refusesZero(it) && !namesItself(it)).map(named);
  expect(Object.keys(ALWAYS_THERE).filter((name) => !needed.includes(name))).toEqual([]);
});

test("the rule of an optional id refuses 0 and an empty text, so that there is one way to say nothing", () => {
  const inputs = new Set(SERVICES.flatMap(({ methods }) => methods.map(({ input }) => input)));
  const requests = ids.filter(({ parent }) => inputs.has(parent));
  expect(requests.length).toBeGreaterThan(0);
  expect(requests.filter((it) => !refusesZero(it)).map(named)).toEqual([]);
});
