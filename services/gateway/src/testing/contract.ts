import {
  createFileRegistry,
  createRegistry,
  type DescFile,
  type DescMessage,
  type DescService,
  fromJson,
} from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { file_google_api_annotations } from "@tessera/contracts/google/api/annotations_pb.ts";
import { file_tessera_geo_v1_geometry } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { file_tessera_rpc_v1_acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { file_tessera_rpc_v1_operation } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { file_tessera_rpc_v1_options } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";

/** One field as a test writes it: "tags: repeated string", "kind: Kind", "books: repeated Book @ROWS -tags,kind", "kind: Kind #a:b", "author_id: int64 >users", "kind: Kind =kind", "page_size: int32 <100", "loans: int32 ~" (changes without the revision). */
type Fields = Record<string, string>;

const DEPENDENCIES = [
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  file_google_api_annotations,
  file_tessera_geo_v1_geometry,
  file_tessera_rpc_v1_acknowledgement,
  file_tessera_rpc_v1_operation,
  file_tessera_rpc_v1_options,
];

const registry = createRegistry(...DEPENDENCIES);
const SCALARS = "double float int64 uint64 int32 bool string bytes uint32".split(" ");

/** An RPC as a test writes it: its HTTP rule, and the name of its request and response messages. */
export interface TestRpc {
  http?: object;
  input: string;
  output: string;
  stream?: boolean;
  clientStream?: boolean;
  creates?: boolean;
  startsOperation?: boolean;
  selectedBy?: string;
  resolves?: string;
  deprecation?: { since: string; until?: string; successor?: string };
  collection?: object;
}

/** Makes the descriptors of a service that no file has, so that tests are not bound to what the contracts happen to use. */
export function testContract(messages: Record<string, Fields>, rpcs: Record<string, TestRpc>) {
  const file = fromJson(
    FileDescriptorProtoSchema,
    {
      name: "example/v1/example.proto",
      package: "example.v1",
      syntax: "proto3",
      dependency: DEPENDENCIES.map((it) => it.proto.name),
      enumType: [
        {
          name: "Kind",
          value: ["UNSPECIFIED", "NOVEL", "ATLAS"].map((it, number) => ({ name: `KIND_${it}`, number })),
        },
      ],
      messageType: Object.entries(messages).map(([name, fields]) => ({ name, ...membersOf(fields) })),
      service: [
        {
          name: "ExampleService",
          method: Object.entries(rpcs).map(([name, rpc]) => ({
            name,
            inputType: `.example.v1.${rpc.input}`,
            outputType: `.example.v1.${rpc.output}`,
            serverStreaming: rpc.stream ?? false,
            clientStreaming: rpc.clientStream ?? false,
            options: {
              deprecated: rpc.deprecation !== undefined,
              ...(rpc.http && { "[google.api.http]": rpc.http as never }),
              "[tessera.rpc.v1.method]": {
                creates: rpc.creates ?? false,
                startsOperation: rpc.startsOperation ?? false,
                selectedBy: rpc.selectedBy ?? "",
                ...(rpc.collection && { collection: rpc.collection as never }),
                resolves: rpc.resolves ?? "",
                ...(rpc.deprecation && { deprecation: rpc.deprecation }),
              },
            },
          })),
        },
      ],
    },
    { registry },
  );
  const files = createFileRegistry(file, (name) =>
    DEPENDENCIES.find((it: DescFile) => it.proto.name === name),
  );
  return {
    service: files.getService("example.v1.ExampleService") as DescService,
    message: (name: string) => files.getMessage(`example.v1.${name}`) as DescMessage,
  };
}

function membersOf(fields: Fields) {
  const choices = [...new Set(Object.values(fields).flatMap((it) => /\|(\w+)/.exec(it)?.[1] ?? []))];
  const field = Object.entries(fields).map(([name, text], index) => {
    const [, repeated, type = "", role, choice, leftOut, tag, kind, property, most, changing] =
      /^(repeated )?([\w.]+)(?: @(\w+))?(?: \|(\w+))?(?: -([\w,]+))?(?: #(\S+))?(?: >(\w+))?(?: =([\w.]+))?(?: <(\d+))?(?: (~))?$/.exec(
        text,
      ) ?? [];
    const enumeration = type === "Kind";
    const options = {
      ...(role === "redact" && { debugRedact: true }),
      ...(role && role !== "redact" && { "[tessera.rpc.v1.role]": `FIELD_ROLE_${role}` }),
      ...(tag && { "[tessera.rpc.v1.editor_tag]": tag }),
      ...(leftOut && { "[tessera.rpc.v1.leaves_out]": leftOut.split(",") }),
      ...(kind && { "[tessera.rpc.v1.refers_to]": kind }),
      ...(property && { "[tessera.rpc.v1.selects_by]": property }),
      ...(changing && { "[tessera.rpc.v1.changes_without_revision]": true }),
      ...(most && { "[tessera.rpc.v1.page_size_max]": Number(most) }),
    };
    return {
      name,
      jsonName: name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      number: index + 1,
      label: repeated ? "LABEL_REPEATED" : "LABEL_OPTIONAL",
      ...(SCALARS.includes(type)
        ? { type: `TYPE_${type.toUpperCase()}` }
        : {
            type: enumeration ? "TYPE_ENUM" : "TYPE_MESSAGE",
            typeName: type.includes(".") ? `.${type}` : `.example.v1.${type}`,
          }),
      ...(choice && { oneofIndex: choices.indexOf(choice) }),
      options,
    };
  });
  return { field, oneofDecl: choices.map((name) => ({ name })) };
}
