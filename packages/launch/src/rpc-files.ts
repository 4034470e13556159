/** What a new RPC is. */
export interface NewRpc {
  /** "task" */
  service: string;
  /** "LockService" */
  grpcService: string;
  /** "PeekLock" */
  name: string;
  /** Whether it changes something: it then takes a request id and returns an acknowledgement. */
  isCommand: boolean;
}

/** The files of the repository, by their path from the top. */
export type Files = ReadonlyMap<string, string>;

const NAME = /^([a-z]+)\.v1\.([A-Z]\w*Service)\.([A-Z]\w+)$/;

/** Reads "task.v1.LockService.PeekLock". Throws an Error with a sentence for people. */
export function readNewRpc(text: string | undefined, isCommand: boolean): NewRpc {
  const [, service, grpcService, name] = NAME.exec(text ?? "") ?? [];
  if (service === undefined || grpcService === undefined || name === undefined)
    throw new Error("Name the RPC as <service>.v1.<Service>.<Rpc>, such as task.v1.LockService.PeekLock.");
  return { service, grpcService, name, isCommand };
}

/** The files that a new RPC changes or adds, whole. Throws an Error with a sentence for people. */
export function layDown(rpc: NewRpc, files: Files): Map<string, string> {
  const { service, grpcService, name } = rpc;
  const noun = snake(grpcService.replace(/Service$/, ""));
  const protoPath = `proto/tessera/${service}/v1/${noun}_service.proto`;
  const proto = files.get(protoPath);
  if (proto === undefined) throw new Error(`${protoPath} is not there: write the service's file first.`);
  if (new RegExp(`\\brpc ${name}\\(`).test(proto)) throw new Error(`${grpcService} has ${name} already.`);
  const [wiringPath, wiring] = wiringOf(rpc, files);
  const folder = wiringPath.slice(0, wiringPath.lastIndexOf("/"));
  return new Map([
    [protoPath, inProto(proto, rpc)],
    [`${folder}/${kebab(name)}.ts`, handler(rpc, noun)],
    [wiringPath, inWiring(wiring, name)],
  ]);
}

/** The file that puts the gRPC service together, and its text. */
function wiringOf({ service, grpcService }: NewRpc, files: Files): [path: string, text: string] {
  const mark = `Implements tessera.${service}.v1.${grpcService}.`;
  const found = [...files].find(
    ([path, text]) =>
      path.startsWith(`services/${service}/src/`) && /[/-]service\.ts$/.test(path) && text.includes(mark),
  );
  if (found === undefined) throw new Error(`No file of services/${service} says "${mark}".`);
  return found;
}

function inProto(proto: string, { grpcService, name, isCommand }: NewRpc): string {
  const begin = proto.indexOf(`service ${grpcService} {`);
  const end = proto.indexOf("\n}\n", begin);
  const level = isCommand ? "IDEMPOTENT" : "NO_SIDE_EFFECTS";
  const rpc = `
  // Say what ${name} does, in the third person, then its guarantee.
  rpc ${name}(${name}Request) returns (${name}Response) {
    option idempotency_level = ${level};
  }
`;
  const messages = `
// The request of ${name}.
message ${name}Request {${isCommand ? REQUEST_ID : ""}}

// The response of ${name}.
message ${name}Response {${isCommand ? ACKNOWLEDGEMENT : ""}}
`;
  return `${proto.slice(0, end + 1)}${rpc}${proto.slice(end + 1)}${messages}`;
}

const REQUEST_ID = `
  // The caller's id of this command.
  string request_id = 1 [
    (tessera.rpc.v1.role) = FIELD_ROLE_REQUEST_ID,
    (buf.validate.field).string = {
      min_len: 1
      max_len: 128
      pattern: "^[!-~]+$"
    }
  ];
`;
const ACKNOWLEDGEMENT = `
  // Names the resource that was changed.
  tessera.rpc.v1.Acknowledgement acknowledgement = 1;
`;

function handler({ service, grpcService, name, isCommand }: NewRpc, noun: string): string {
  const method = camel(name);
  const contract = `@tessera/contracts/tessera/${service}/v1/${noun}_service_pb.ts`;
  const doc = `/** Implements tessera.${service}.v1.${grpcService}.${name}. */`;
  const notYet = `new ConnectError("${name} is not written yet", Code.Unimplemented)`;
  if (isCommand)
    return `import { Code, ConnectError } from "@connectrpc/connect";
import { ${grpcService} } from "${contract}";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";

${doc}
export const ${method} = (_: Deps) =>
  command(${grpcService}.method.${method}, async () => {
    throw ${notYet};
  });
`;
  return `import { Code, ConnectError, type MethodImpl } from "@connectrpc/connect";
import type { ${grpcService} } from "${contract}";
import type { Deps } from "../deps.ts";

${doc}
export function ${method}(_: Deps): MethodImpl<typeof ${grpcService}.method.${method}> {
  return async () => {
    throw ${notYet};
  };
}
`;
}

function inWiring(text: string, name: string): string {
  const [method, file] = [camel(name), kebab(name)];
  const lastImport = text.lastIndexOf('from "./');
  const after = text.indexOf("\n", lastImport) + 1;
  const imported = `${text.slice(0, after)}import { ${method} } from "./${file}.ts";\n${text.slice(after)}`;
  const end = imported.lastIndexOf("  };");
  return `${imported.slice(0, end)}    ${method}: ${method}(deps),\n${imported.slice(end)}`;
}

function camel(name: string): string {
  return name[0]?.toLowerCase() + name.slice(1);
}

function kebab(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
}

function snake(name: string): string {
  return kebab(name).replaceAll("-", "_");
}
