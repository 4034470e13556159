import {
  create,
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  fromJson,
  getOption,
  type JsonObject,
  type MessageShape,
} from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import { pageToken } from "@tessera/rpc/page-token.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AREA_SETTINGS } from "../cases/area-cases.table.ts";
import { CASES } from "../cases/refusal-cases.table.ts";
import { restDoor } from "../ground/door.ts";
import { tokenOf, type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

type Message = MessageShape<DescMessage> & Record<string, unknown>;

/** What a made-up token may end with: numbers that no column holds, moments that are not, and what is none of them. */
const ENDS = [
  ...["", "0", "-1", "1.5", "x", " ", "\0", "NaN", "Infinity", "1e3", "0x10", "٣"],
  ...["2147483647", "2147483648", "999999999999999999", "9223372036854775807", "9223372036854775808"],
  ...["9".repeat(19), "9".repeat(60), "1/1", `9.999999/${"9".repeat(18)}`, `0/${"9".repeat(19)}`],
  ...["=1:1", "=2147483648:1", "=1:x", `=1:${"9".repeat(16)}`, `~1:${"9".repeat(40)}`, "=1:\0"],
  ...["999999999999999.1", "253402300800000.1", "1.2147483648", "1.9999999999", "8640000000000001.1"],
  ...["0000-01-01T00:00:00.000Z", "0000-02-30T00:00:00.000Z", "9999-12-31T23:59:59.999Z"].flatMap(
    (moment) => [moment, `${moment} 1`, `${moment} ${"9".repeat(19)}`, `${moment} aaaaaaaaaaaaaaaaaaaaaa`],
  ),
];
const POSITIONS = ["p", "c", "e", "x"].flatMap((letter) =>
  ["", "0", "z", "zzzzzzzzzzzz", "1y2p0ij32e8e7", "1y2p0ij32e8e8", "z".repeat(100), "-1", "\0"].map(
    (end) => letter + end,
  ),
);
const SECONDS = [-1n, -62_135_596_800n, -62_135_596_801n, 253_402_300_799n, 253_402_300_800n, 2n ** 62n];

/** The same as texts, and others that are no moments. */
const TIMES = [
  ...[
    "1969-12-31T23:59:59.999999999Z",
    "0001-01-01T00:00:00Z",
    "0000-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999999Z",
  ],
  ...[
    "10000-01-01T00:00:00Z",
    "+146138514283-06-19T07:45:04Z",
    "-0001-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
  ],
  ...["2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z", "2026-01-01", "0", "1e308", "", " ", "\0", "now"],
];

const METHODS = SERVICES.flatMap(({ methods }) => methods).map((method) => [method.name, method] as const);
const having = (isOne: (field: DescField) => boolean) =>
  METHODS.filter(([, { input }]) => input.fields.some(isOne));
const isToken = ({ name }: DescField) => name === "page_token";
const isPosition = ({ name }: DescField) => name === "position" || name === "changed_since";
const isTime = ({ message }: DescField) => message?.typeName === TimestampSchema.typeName;

let system: TestSystem;
let ground: World;

beforeAll(async () => {
  system = await testSystem(AREA_SETTINGS);
  ground = await world(system);
});

afterAll(() => system.stop());

/** A request that the RPC takes, as JSON, and who sends it. */
async function played(method: DescMethod): Promise<{ request: JsonObject; token: string | undefined }> {
  const known = CASES.find((it) => it.method === method && it.expected === "OK");
  if (known === undefined) throw new Error(`${method.name} has no case in which it does what it is for`);
  const { request, who } = await known.play(ground);
  return { request, token: who && tokenOf(who) };
}

/** The same as a message. */
async function good(method: DescMethod): Promise<{ request: Message; headers: Record<string, string> }> {
  const { request, token } = await played(method);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return { request: fromJson(method.input, request) as Message, headers };
}

/** Puts each of `values` into a field, and expects one of `answers` over REST. */
async function tryOverRest(
  method: DescMethod,
  { name }: DescField,
  values: readonly string[],
  answers: readonly string[],
): Promise<void> {
  const { request, token } = await played(method);
  const door = restDoor(system.url);
  for (const value of values) {
    const { reason } = await door.call(method, { ...request, [name]: value }, token);
    expect(["OK", ...answers], `${name} ${JSON.stringify(value)}`).toContain(reason);
  }
}

const inRest = (methods: typeof METHODS) =>
  methods.filter(([, method]) => getOption(method, http).pattern.case !== undefined);

/** "OK", a reason, or the code of an error without one. */
async function call(method: DescMethod, request: Message, headers: Record<string, string>): Promise<string> {
  const service = method.parent.typeName.split(".")[1] as keyof TestSystem["connections"];
  const transport = system.connections[service];
  try {
    if (method.methodKind === "unary") {
      const unary = method as DescMethodUnary<DescMessage, DescMessage>;
      await transport.unary(unary, undefined, undefined, headers, request);
    } else {
      const only = (async function* () {
        yield request;
      })();
      const { message } = await transport.stream(method as never, undefined, undefined, headers, only);
      for await (const _ of message) break;
    }
    return "OK";
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return refusalIn(error)?.reason.name ?? Code[error.code];
  }
}

describe.each(having(isToken))("%s", (_, method) => {
  test("refuses page tokens that were made up, or finds where they lead", async () => {
    const { request, headers } = await good(method);
    for (const end of ENDS) {
      const forged = pageToken(method.input, request as never, end);
      const answer = await call(method, { ...request, pageToken: forged }, headers);
      expect(["OK", "PAGE_TOKEN_INVALID"], JSON.stringify(end)).toContain(answer);
    }
  });
});

describe.each(having(isPosition))("%s", (_, method) => {
  test("refuses positions that were made up, or finds where they lead", async () => {
    const { request, headers } = await good(method);
    for (const field of method.input.fields.filter(isPosition)) {
      for (const position of POSITIONS) {
        const answer = await call(method, { ...request, [field.localName]: position }, headers);
        expect(["OK", "POSITION_INVALID"], `${field.name} ${JSON.stringify(position)}`).toContain(answer);
      }
    }
  });
});

describe.each(having(isTime))("%s", (_, method) => {
  test("takes times that there are, and refuses others by the name of the field", async () => {
    const { request, headers } = await good(method);
    for (const field of method.input.fields.filter(isTime)) {
      for (const seconds of SECONDS) {
        const time: Timestamp = create(TimestampSchema, { seconds, nanos: 999_999_999 });
        const answer = await call(method, { ...request, [field.localName]: time }, headers);
        expect(["OK", "FIELD_INVALID"], `${field.name} ${seconds}`).toContain(answer);
      }
    }
  });
});

describe.each(inRest(having(isToken)))("%s over REST", (_, method) => {
  test("refuses page tokens that were made up, or finds where they lead", async () => {
    const { request } = await good(method);
    const forged = ENDS.map((end) => pageToken(method.input, request as never, end));
    const field = method.input.fields.find(isToken) as DescField;
    await tryOverRest(method, field, forged, ["PAGE_TOKEN_INVALID"]);
  });
});

describe.each(inRest(having(isPosition)))("%s over REST", (_, method) => {
  test("refuses positions that were made up, or finds where they lead", async () => {
    for (const field of method.input.fields.filter(isPosition))
      await tryOverRest(method, field, POSITIONS, ["POSITION_INVALID"]);
  });
});

describe.each(inRest(having(isTime)))("%s over REST", (_, method) => {
  test("takes times that there are, and refuses others by the name of the field", async () => {
    for (const field of method.input.fields.filter(isTime))
      await tryOverRest(method, field, TIMES, ["FIELD_INVALID", "FIELD_UNREADABLE"]);
  });
});

test("there are lists, feeds and times to try", () => {
  for (const isOne of [isToken, isPosition, isTime]) {
    expect(having(isOne).length).toBeGreaterThan(1);
    expect(inRest(having(isOne)).length).toBeGreaterThan(1);
  }
});
