import { type DescField, type DescMethod, getOption, hasOption, type Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import { isCommand, rulesOf } from "@tessera/contracts/reason-facts.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "./refusal.ts";

const refuse = refusals(ReasonSchema);

/** Whether an RPC is read by a ticket: a stream that only reads, or a document that says so in its contract. */
export function takesTicket(method: DescMethod): boolean {
  if (isCommand(method)) return false;
  return method.methodKind === "server_streaming" || rulesOf(method).takesTicket;
}

/** Refuses TOKEN_INVALID for a ticket on a call that takes none. */
export function refuseNoTicket(method: DescMethod): void {
  if (!takesTicket(method)) throw notFor("this call");
}

/**
 * Refuses TOKEN_INVALID for a ticket on another path than its own: on the wire of gRPC and of Connect too, where
 * no URL says the path.
 */
export function refuseAnotherPath(method: DescMethod, message: Message, path: string): void {
  const paths = pathsOf(method).map((template) => pathFor(template, method, message));
  if (!paths.includes(path)) throw notFor("another path");
}

function notFor(call: string) {
  return refuse(Reason.TOKEN_INVALID, { detail: `The token is a ticket for one path, not for ${call}` });
}

function pathsOf(method: DescMethod): string[] {
  if (!hasOption(method, http)) return [];
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings].flatMap(({ pattern }) =>
    pattern.case === "get" ? [pattern.value] : [],
  );
}

/** The path of a request in REST: the template with the values of its fields. */
function pathFor(template: string, { input }: DescMethod, message: Message): string {
  return template.replace(/\{([\w.]+)\}/g, (_, fieldPath: string) => {
    const [name = "", ...deeper] = fieldPath.split(".");
    const field = input.fields.find((it) => it.name === name);
    const value = field && deeper.length === 0 ? scalarIn(message, input, field) : undefined;
    // What cannot be a segment equals no path of a ticket.
    return value === undefined ? "{}" : encodeURIComponent(value);
  });
}

function scalarIn(message: Message, input: DescMethod["input"], field: DescField): string | undefined {
  if (field.fieldKind !== "scalar") return undefined;
  const value = reflect(input, message).get(field);
  return value instanceof Uint8Array ? undefined : String(value);
}
