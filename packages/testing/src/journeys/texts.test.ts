import { randomUUID } from "node:crypto";
import {
  type DescField,
  type DescMessage,
  type DescMethod,
  getOption,
  type JsonObject,
  ScalarType,
} from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import {
  FieldRole,
  role,
  TextKind,
  text as textOption,
} from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, grpcDoor, restDoor } from "../ground/door.ts";
import { type Headers, tokenOf } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let admin: Headers;
const doors: Door[] = [];

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
  const connections = system.connections as Record<string, (typeof system.connections)["auth"]>;
  doors.push(
    grpcDoor(
      (method) =>
        connections[method.parent.typeName.split(".")[1] as string] as (typeof system.connections)["auth"],
    ),
    restDoor(system.url),
  );
});

afterAll(() => system.stop());

/** A text of a request: the fields that lead to it, outermost first. */
type FieldPath = DescField[];

function textsOf(desc: DescMessage, above: FieldPath = []): FieldPath[] {
  if (above.length > 3) return [];
  return desc.fields.flatMap((field) => {
    if (getOption(field, textOption) !== TextKind.UNSPECIFIED) return [[...above, field]];
    return field.message === undefined || field.fieldKind === "map"
      ? []
      : textsOf(field.message, [...above, field]);
  });
}

const FIELDS = SERVICES.flatMap(({ methods }) => methods).flatMap((method) =>
  textsOf(method.input).map((fieldPath) => {
    const path = fieldPath.map(({ name }) => name).join(".");
    return [`${method.parent.name}.${method.name}`, path, method, fieldPath] as const;
  }),
);

test("there are texts in three services", () => {
  expect(FIELDS.length).toBeGreaterThan(50);
  expect(new Set(FIELDS.map(([, , { parent }]) => parent.typeName.split(".")[1]))).toEqual(
    new Set(["auth", "project", "task"]),
  );
});

describe.each([0, 1])("through door %i (0 gRPC, 1 REST)", (index) => {
  test.each(FIELDS)("%s refuses what hides or turns text in %s", async (_, path, method, fieldPath) => {
    const last = fieldPath.at(-1) as DescField;
    // The gateway makes the name of a file plain: a person cannot change it in the browser.
    if (index === 1 && getOption(last, role) === FieldRole.FILE_NAME) return;
    const isLine = getOption(last, textOption) === TextKind.LINE;
    const bad = {
      "text.direction": "a\u202eb",
      "text.control": "a\u0007b",
      "text.invisible": isLine ? "a\u200bb" : "a\u{e0041}b",
      ...(isLine && { "text.blank": "\u0301" }),
    };
    for (const [rule, text] of Object.entries(bad)) {
      const request = requestWith(method, fieldPath, text);
      const { reason, fields, rules } = await (doors[index] as Door).call(method, request, tokenOf(admin));
      expect(reason).toBe("FIELD_INVALID");
      const field = fields[rules.indexOf(rule)];
      expect([rule, field?.replace(/[[\]/.0-9]+$/, "")]).toEqual([rule, expect.stringMatching(nameAt(path))]);
    }
  });
});

/** How a refusal names the field: whole over gRPC, as a pointer into the body or as a parameter over REST. */
function nameAt(path: string): RegExp {
  return new RegExp(`(^|[/.])${path.split(".").at(-1)}$`);
}

/** A request that can be sent through both doors, with this text. */
function requestWith(method: DescMethod, fieldPath: FieldPath, text: string): JsonObject {
  const request: JsonObject = {};
  const { input } = method;
  for (const field of input.fields) {
    if (getOption(field, role) === FieldRole.REQUEST_ID) request[field.name] = randomUUID();
    if (getOption(field, role) === FieldRole.EXPECTED_REVISION) request[field.name] = "1";
    if (field.name === "update_mask") request[field.name] = fieldPath[1]?.jsonName ?? "";
  }
  put(request, fieldPath, text);
  const paths = String(getOption(method, http).pattern.value).matchAll(/\{([^}]+)\}/g);
  for (const [, name = ""] of paths) putInPath(request, input, name.split("."));
  return request;
}

function put(holder: JsonObject, [field, ...rest]: FieldPath, text: string): void {
  if (field === undefined) return;
  const value = rest.length === 0 ? text : {};
  if (rest.length > 0) put(value as JsonObject, rest, text);
  holder[field.name] = field.fieldKind === "list" ? [value] : value;
}

/** Fills what the path of the URL is made of. */
function putInPath(holder: JsonObject, desc: DescMessage, [name = "", ...rest]: string[]): void {
  const field = desc.fields.find((it) => it.name === name) as DescField;
  if (field.message === undefined) holder[name] ??= field.scalar === ScalarType.STRING ? "a" : 1;
  else {
    holder[name] ??= {};
    putInPath(holder[name] as JsonObject, field.message, rest);
  }
}

test.each([
  ["Nepali", "नेपाल गर्\u200dयो श्रीमान्\u200cको"],
  ["Bengali", "র\u200d্যালি বাংলা\u09df"],
  ["Arabic", "الهلال الأحمر"],
  ["Persian", "نقشه\u200cبرداری می\u200cشود"],
  ["Malagasy", "Fanaovana sarintany n\u0308"],
])("a name in %s is taken through both doors, and is one name", async (_, name) => {
  const organisations = createClient(OrganisationService, system.connections.auth);
  const slug = `s-${randomUUID()}`;
  const { acknowledgement } = await organisations.createOrganisation(
    { requestId: randomUUID(), organisation: { name: ` ${name}  `, slug } },
    admin,
  );
  const shown = await fetch(`${system.url}/v1/${acknowledgement?.name}`);
  expect(await shown.json()).toMatchObject({ name: name.normalize("NFC") });
  const again = await fetch(`${system.url}/v1/organisations`, {
    method: "POST",
    headers: { ...admin.headers, "content-type": "application/json", "idempotency-key": `"${randomUUID()}"` },
    body: JSON.stringify({ name: name.normalize("NFD"), slug: `${slug}-2` }),
  });
  expect(await again.json()).toMatchObject({ status: 409, reason: "ORGANISATION_NAME_TAKEN" });
});
