import { create, type DescField, type DescMessage, type Message, toJson } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { isCommand } from "@tessera/contracts/reason-facts.ts";
import { AcknowledgementSchema } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { expect, test } from "vitest";
import { setFieldValue } from "../requests/field-value.ts";
import { messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";
import { routesOf, routeTable } from "../routes/route-table.ts";
import { filled } from "../testing/filled.ts";
import { commandReply } from "./command.ts";
import { JSON_OPTIONS } from "./document.ts";

const OURS = 7;
const OTHERS = 1;

const METHODS = SERVICES.flatMap(({ methods }) => methods);
const commands = METHODS.filter((rpc) => isCommand(rpc)).map((rpc) => [rpc.name, rpc] as const);
const GETS = METHODS.flatMap((rpc) => routesOf(rpc)).filter(
  ({ httpMethod, template }) => httpMethod === "GET" && template.text.startsWith("/v1/"),
);
const nameOf = ({ template }: Route) => template.text.slice("/v1/".length).replaceAll(/\{[^}]*\}/g, "1");
/** Paths that a GET answers: an acknowledgement may name any of them. */
const names = GETS.map(nameOf);

test.each(commands)("%s answers what it did, whatever a document says that it leads to", async (_, rpc) => {
  const [route] = routesOf(rpc) as [Route];
  const { said } = route;
  expect(said.filter((it) => it.proto.options?.deprecated)).toEqual([]);
  for (const name of names) {
    for (const [prefer, revision] of [
      [undefined, 0n],
      [undefined, BigInt(OTHERS)],
      ["return=minimal", 0n],
      ["return=minimal", BigInt(OTHERS)],
    ] as const) {
      const response = filled(rpc.output, OURS);
      const acknowledgement = create(AcknowledgementSchema, { name, revision });
      setFieldValue(response, route.acknowledgement as DescField, acknowledgement);
      const reply = await commandReply(deps, route, response, caller, prefer);
      const json = reply.body === undefined ? {} : JSON.parse(String(reply.body));
      expect(json, `${name} ${prefer}`).toMatchObject(fieldsJson(rpc.output, response, said));
      if (revision === 0n) expect(reply.headers.ETag).not.toBe('"0"');
      // A page of a collection shows what others did.
      expect(json).not.toHaveProperty("next_page_token");
    }
  }
});

const carrying = commands.filter(([, { output }]) => fieldWithRole(output, FieldRole.DOCUMENT));

test("some commands return their document", () => expect(carrying.length).toBeGreaterThan(0));

test.each(carrying)(
  "%s is answered alike with the document that it returns and with one that is read",
  async (_, rpc) => {
    const [route] = routesOf(rpc) as [Route];
    const document = route.document as DescField;
    const shown = GETS.filter((it) => it.shown.desc === messageOf(document) && !it.shown.list);
    expect(shown.length).toBeGreaterThan(0);
    for (const get of shown) {
      for (const [prefer, revision] of [
        [undefined, BigInt(OTHERS)],
        ["return=representation", BigInt(OTHERS)],
        ["return=minimal", BigInt(OTHERS)],
        // The resource has changed since.
        [undefined, BigInt(OURS)],
      ] as const) {
        const replies = await Promise.all(
          [true, false].map((isCarried) => {
            const response = filled(rpc.output, OURS);
            const acknowledgement = create(AcknowledgementSchema, { name: nameOf(get), revision });
            setFieldValue(response, route.acknowledgement as DescField, acknowledgement);
            const value = isCarried ? filled(messageOf(document) as DescMessage, OTHERS, 1) : undefined;
            setFieldValue(response, document, value);
            return commandReply(
              isCarried ? { ...deps, transportFor: noService } : deps,
              route,
              response,
              caller,
              prefer,
            );
          }),
        );
        expect(replies[0]).toEqual(replies[1]);
      }
    }
  },
);

const noService = () => {
  throw new Error("nothing is read");
};
const caller = { headers: {}, signal: new AbortController().signal };
const others = {
  unary: async (method: { output: DescMessage }) => ({ message: filled(method.output, OTHERS) }),
} as unknown as Transport;
const deps = {
  table: routeTable(SERVICES),
  transportFor: () => others,
  log: createLog({ name: "gateway", level: "silent" }),
  visit: { enter: async () => {}, leave: () => {} },
  exchange: { id: "", path: "", reason: "" },
  draining: new AbortController().signal,
};

/** Some fields of a message as JSON, by name. */
function fieldsJson(desc: DescMessage, message: Message, wanted: readonly DescField[]): object {
  const all = toJson(desc, message, JSON_OPTIONS) as Record<string, unknown>;
  return Object.fromEntries(wanted.flatMap(({ name }) => (name in all ? [[name, all[name]]] : [])));
}
