import { create, type DescField, type DescMethod, getOption, type Message } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { isCommand } from "@tessera/contracts/reason-facts.ts";
import { AcknowledgementSchema } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { FieldRole, names as namesOption, role } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { expect, test } from "vitest";
import { setFieldValue } from "../requests/field-value.ts";
import type { Route } from "../routes/route.ts";
import { matchRoute, routesOf, routeTable } from "../routes/route-table.ts";
import { filled } from "../testing/filled.ts";
import { commandReply } from "./command.ts";

const OURS = 7;
const OTHERS = 1;
/** What is in a text of somebody else's document. */
const OF_OTHERS = `text ${OTHERS}`;

/** Fields that REST says by its status, or has no member for. */
const UNTOLD: FieldRole[] = [FieldRole.CREATED, FieldRole.DOCUMENT];

const table = routeTable(SERVICES);
const commands = SERVICES.flatMap(({ methods }) => methods)
  .filter(isCommand)
  .map((rpc) => [rpc.name, rpc] as const);

/** Where the acknowledgement of a command leads: a name of that kind, and the GET that reads it. */
function namedBy({ output }: DescMethod): { name: string; get: Route } {
  const field = output.fields.find(({ message }) => message === AcknowledgementSchema) as DescField;
  const name = getOption(field, namesOption).replaceAll(/\{[^}]*\}/g, "1");
  const get = matchRoute(table, "GET", `/v1/${name}`).endpoint.unary;
  if (get === undefined) throw new Error(`${name} has no GET`);
  return { name, get };
}

const isCollection = ({ shown, rows }: Route) =>
  shown.list || rows !== undefined || shown.field === undefined;

/** What REST answers to a command when what it acknowledged is somebody else's by now. */
async function replyOf(rpc: DescMethod, revision: bigint) {
  const [route] = routesOf(rpc) as [Route];
  const response = filled(rpc.output, OURS);
  const { name } = namedBy(rpc);
  setFieldValue(
    response,
    route.acknowledgement as DescField,
    create(AcknowledgementSchema, { name, revision }),
  );
  if (route.document) setFieldValue(response, route.document, undefined);
  return { route, reply: await commandReply(deps, route, response, caller, undefined) };
}

const caller = { headers: { authorization: "Bearer x" }, signal: new AbortController().signal };
const others = {
  unary: async ({ output }: DescMethod): Promise<{ message: Message }> => ({
    message: filled(output, OTHERS),
  }),
} as unknown as Transport;
const deps = {
  table,
  transportFor: () => others,
  log: createLog({ name: "gateway", level: "silent" }),
  visit: { enter: async () => {}, leave: () => {} },
  exchange: { id: "", path: "", reason: "" },
  draining: new AbortController().signal,
};

test.each(commands)("%s says itself what it made, where it names a collection", (_, rpc) => {
  const [route] = routesOf(rpc) as [Route];
  const { get } = namedBy(rpc);
  if (isCollection(get) && route.httpMethod !== "DELETE") expect(route.said).not.toEqual([]);
});

test.each(commands)("%s names a document by whose revision it is known", (_, rpc) => {
  const { get } = namedBy(rpc);
  if (!isCollection(get)) expect(fieldWithRole(get.shown.desc, FieldRole.REVISION)).toBeDefined();
});

test.each(commands)("the answer of %s has everything that only its response says", (_, rpc) => {
  const [route] = routesOf(rpc) as [Route];
  const untold = rpc.output.fields.filter(
    (it) =>
      it.message === AcknowledgementSchema ||
      UNTOLD.includes(getOption(it, role)) ||
      it.proto.options?.deprecated,
  );
  expect([...route.said, ...untold].map(({ name }) => name).sort()).toEqual(
    rpc.output.fields.map(({ name }) => name).sort(),
  );
});

test.each(commands)("%s shows nothing of others, when they changed what it did", async (_, rpc) => {
  const { route, reply } = await replyOf(rpc, BigInt(OURS));
  // An operation is the command's own, however far it is.
  if (!route.startsOperation && namedBy(rpc).get.shown.desc.name !== "Operation")
    expect(String(reply.body ?? "")).not.toContain(OF_OTHERS);
  expect(reply.secret).toBe(true);
});

test("a document that is as the command left it is shown", async () => {
  const shown = await Promise.all(commands.map(([, rpc]) => replyOf(rpc, BigInt(OTHERS))));
  const texts = shown.filter(({ reply }) => String(reply.body ?? "").includes(OF_OTHERS));
  // Collections and what was deleted are not read; a person who signs in has no token to read with.
  expect(texts.length).toBeGreaterThan(commands.length / 3);
});
