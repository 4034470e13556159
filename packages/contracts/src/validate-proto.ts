import type { DescEnum, DescExtension, DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type } from "@bufbuild/protobuf/wkt";
import { file_buf_validate_validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/**
 * Prints buf/validate/validate.proto from its compiled descriptor.
 *
 * No npm package holds the source file. Its own options (rules in CEL) are left out: the validator brings them along.
 */
export function validateProto(file: DescFile = file_buf_validate_validate): string {
  return [
    "// Printed from the descriptor in @bufbuild/protovalidate by `npm run generate`. Do not edit.",
    `syntax = "${file.proto.syntax || "proto2"}";`,
    `package ${file.proto.package};`,
    ...file.proto.dependency.map((path) => `import "${path}";`),
    ...file.enums.map((desc) => enumeration(desc)),
    ...file.messages.map((desc) => message(desc)),
    ...file.extensions.map((desc) => extension(desc)),
    "",
  ].join("\n");
}

function enumeration(desc: DescEnum): string {
  const values = desc.values.map((value) => `${value.name} = ${value.number};`);
  return `enum ${desc.name} {\n${values.join("\n")}\n}`;
}

function message(desc: DescMessage): string {
  const alone = desc.fields.filter((it) => it.oneof === undefined);
  const lines = [
    ...desc.nestedEnums.map((it) => enumeration(it)),
    ...desc.nestedMessages.map((it) => message(it)),
    ...alone.map((it) => `${label(it)} ${field(it)}`),
    ...desc.oneofs.map(
      (it) => `oneof ${it.name} {\n${it.fields.map((member) => field(member)).join("\n")}\n}`,
    ),
    ...desc.proto.extensionRange.map(
      ({ start, end }) => `extensions ${start} to ${end > 536870911 ? "max" : end - 1};`,
    ),
    ...desc.proto.reservedRange.map(({ start, end }) => `reserved ${start} to ${end - 1};`),
  ];
  return `message ${desc.name} {\n${lines.join("\n")}\n}`;
}

function extension(desc: DescExtension): string {
  return `extend ${desc.extendee.typeName} {\n${label(desc)} ${field(desc)}\n}`;
}

function label({ proto }: DescField | DescExtension): string {
  return FieldDescriptorProto_Label[proto.label].toLowerCase();
}

function field({ proto }: DescField | DescExtension): string {
  const type = proto.typeName === "" ? FieldDescriptorProto_Type[proto.type].toLowerCase() : proto.typeName;
  return `${type} ${proto.name} = ${proto.number};`;
}
