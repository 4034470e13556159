import {
  type DescEnum,
  type DescEnumValue,
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
} from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";

/** What a comment can stand above. */
export type Commented = DescService | DescMethod | DescMessage | DescField | DescEnum | DescEnumValue;

/** The numbers of fields in descriptor.proto, of which the path of a location consists. */
const FILE = { messages: 4, enums: 5, services: 6 };
const MESSAGE = { fields: 2, messages: 3, enums: 4 };
const ENUM_VALUES = 2;
const METHODS = 2;

/** The name of a part of the contracts, unique among all: "tessera.task.v1.Task.state". */
export function nameOf(desc: Commented): string {
  return "typeName" in desc ? desc.typeName : `${desc.parent.typeName}.${desc.name}`;
}

/** The comments above the parts of a contract, by name, as text: without the slashes, with a line for each line. */
export function commentsIn(image: Uint8Array, isOurs: (name: string) => boolean): Map<string, string> {
  const files = fromBinary(FileDescriptorSetSchema, image).file.filter((it) => isOurs(it.package));
  return new Map(files.flatMap((it) => [...commentsInFile(it)]));
}

function* commentsInFile(file: FileDescriptorProto): Generator<[name: string, comment: string]> {
  const names = new Map(namesIn(file));
  for (const { path, leadingComments } of file.sourceCodeInfo?.location ?? []) {
    const name = names.get(path.join("."));
    if (name !== undefined && leadingComments.trim() !== "") yield [name, textOf(leadingComments)];
  }
}

function textOf(comment: string): string {
  const lines = comment.split("\n").map((line) => line.replace(/^ /, "").trimEnd());
  return lines.join("\n").trim();
}

type Named = [path: string, name: string];

function* namesIn(file: FileDescriptorProto): Generator<Named> {
  const { package: own } = file;
  for (const [index, it] of file.messageType.entries())
    yield* namesInMessage(it, own, [FILE.messages, index]);
  for (const [index, it] of file.enumType.entries()) yield* namesInEnum(it, own, [FILE.enums, index]);
  for (const [index, { name, method }] of file.service.entries()) {
    const path = [FILE.services, index];
    yield [path.join("."), `${own}.${name}`];
    for (const [at, rpc] of method.entries())
      yield [[...path, METHODS, at].join("."), `${own}.${name}.${rpc.name}`];
  }
}

function* namesInMessage(message: DescriptorProto, parent: string, path: number[]): Generator<Named> {
  const name = `${parent}.${message.name}`;
  yield [path.join("."), name];
  for (const [index, field] of message.field.entries())
    yield [[...path, MESSAGE.fields, index].join("."), `${name}.${field.name}`];
  for (const [index, it] of message.nestedType.entries())
    yield* namesInMessage(it, name, [...path, MESSAGE.messages, index]);
  for (const [index, it] of message.enumType.entries())
    yield* namesInEnum(it, name, [...path, MESSAGE.enums, index]);
}

function* namesInEnum(desc: EnumDescriptorProto, parent: string, path: number[]): Generator<Named> {
  const name = `${parent}.${desc.name}`;
  yield [path.join("."), name];
  for (const [index, value] of desc.value.entries())
    yield [[...path, ENUM_VALUES, index].join("."), `${name}.${value.name}`];
}
