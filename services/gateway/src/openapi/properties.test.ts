import { create, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { validate } from "@tessera/rpc/validation/validation.ts";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type DescribedOperation,
  type DescribedRequest,
  httpOf,
  operationsOf,
  requestsOf,
} from "../testing/described-requests.ts";
import { type Answer, type TestGateway, testGateway } from "../testing/gateway.ts";
import type { OpenApiDocument } from "./document.ts";

/** Requests for each operation. PROPERTY_RUNS asks for more. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 4);

/** Services that hold a request against the rules of the contract, and then say as little as they may. */
function routes(router: ConnectRouter): void {
  for (const service of SERVICES) {
    const methods = service.methods.map((rpc) => {
      const one = (message: Message) => {
        validate(rpc.input, message);
        return answerOf(rpc.output);
      };
      const many = async function* (message: Message) {
        validate(rpc.input, message);
        yield* [];
      };
      const file = () => answerOf(rpc.output);
      return [
        rpc.localName,
        { unary: one, server_streaming: many, client_streaming: file }[rpc.methodKind as "unary"],
      ];
    });
    router.service(service, Object.fromEntries(methods) as ServiceImpl<typeof service>);
  }
}

/** A command is acknowledged, times are given, and files are empty objects of JSON. Of all else nothing is said. */
function answerOf(desc: DescMessage): Message {
  const values = desc.fields.flatMap(
    ({ name, localName, message, scalar, fieldKind }): [string, unknown][] => {
      if (fieldKind === "list") return [];
      if (name === "acknowledgement") return [[localName, { requestId: "1", name: "projects/7" }]];
      if (message?.typeName === "google.protobuf.Timestamp") return [[localName, { seconds: 1n }]];
      return scalar === ScalarType.BYTES ? [[localName, new TextEncoder().encode("{}")]] : [];
    },
  );
  return create(desc, Object.fromEntries(values));
}

let gateway: TestGateway;
let document: OpenApiDocument;
let operations: DescribedOperation[];
beforeAll(async () => {
  gateway = await testGateway(routes);
  document = (await gateway.ask("GET", "/openapi.json")).json;
  operations = operationsOf(document);
});
afterAll(() => gateway.stop());

async function sent(operation: DescribedOperation, request: DescribedRequest, more?: string) {
  const { method, target, headers, body } = httpOf(operation, request, more);
  const answer = await gateway.ask(method, target, { headers, ...(body !== undefined && { body }) });
  return {
    answer,
    told: `${method} ${target} ${JSON.stringify(headers)} ${body ?? ""} -> ${answer.status} ${answer.text}`,
  };
}

/** What is wrong with the answers to requests that the document allows. */
async function faultsOf(operation: DescribedOperation): Promise<string[]> {
  const property = fc.asyncProperty(requestsOf(operation, document), async (request) => {
    const { answer, told } = await sent(operation, request);
    if (!isTaken(answer) && !isSaidInWords(operation, answer)) throw new Error(told);
  });
  const { failed, errorInstance } = await fc.check(property, { numRuns: RUNS, endOnFailure: true });
  return failed ? [`${operation.id}: ${(errorInstance as Error).message}`] : [];
}

/** Parameters that do not go together: those of two RPCs, and `include` with a form that has no place for it. */
function isSaidInWords({ isOneOfSeveral, parameters }: DescribedOperation, { json }: Answer): boolean {
  const errors = (json?.errors ?? []) as Record<string, string>[];
  const isStated = ({ parameter, rule }: Record<string, string>) =>
    rule === "field.unknown" &&
    parameters.some(({ name }) => name === parameter) &&
    (isOneOfSeveral || parameter === "include");
  return errors.length > 0 && errors.every(isStated);
}

/** An answer that does not blame the form of the request. What services say that say nothing is no matter here. */
function isTaken({ status }: Answer): boolean {
  return ![400, 406, 415, 422].includes(status);
}

test("a request that the document allows is not refused for its form", async () => {
  const faults: string[] = [];
  for (const it of operations) faults.push(...(await faultsOf(it)));
  expect(faults).toEqual([]);
  expect(operations.length).toBeGreaterThan(100);
});
