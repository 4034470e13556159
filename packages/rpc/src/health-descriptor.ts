import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type DescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { service } from "grpc-health-check";

const ENTRY = "Entry";

/**
 * The descriptor of grpc.health.v1.Health. The package names the entry of a map after its field alone ("Statuses"), where
 * descriptors say "StatusesEntry"; buf curl and grpcurl find no service in such a file.
 */
export function healthDescriptor(): Buffer[] {
  return (Object.values(service)[0]?.requestType.fileDescriptorProtos ?? []).map((bytes) => {
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    for (const message of file.messageType) nameMapEntries(message, `.${file.package}.${message.name}`);
    return Buffer.from(toBinary(FileDescriptorProtoSchema, file));
  });
}

function nameMapEntries(message: DescriptorProto, scope: string): void {
  for (const entry of message.nestedType) {
    if (!entry.options?.mapEntry || entry.name.endsWith(ENTRY)) continue;
    const { name } = entry;
    entry.name = `${name}${ENTRY}`;
    for (const field of message.field) if (field.typeName === name) field.typeName = `${scope}.${entry.name}`;
  }
}
