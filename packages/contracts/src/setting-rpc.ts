import { type DescField, type DescMethod, getOption } from "@bufbuild/protobuf";
import { http } from "../gen/google/api/annotations_pb.ts";
import { set_by as setBy } from "../gen/tessera/rpc/v1/options_pb.ts";
import { SERVICES } from "./catalogue.ts";

/** An RPC that sets a field of a document, in gRPC and in REST. */
export interface SettingRpc {
  /** "SetArea" */
  name: string;
  /** "PUT /v1/projects/{project_id}/area" */
  route: string;
}

/** The RPC of its own that sets a field, if the contract names one. */
export function settingRpc(field: DescField): SettingRpc | undefined {
  const name = getOption(field, setBy);
  if (name === "") return undefined;
  const rpc = SERVICES.flatMap(({ methods }) => methods).find((it) => fullName(it) === name);
  if (rpc === undefined)
    throw new Error(`${field.parent.typeName}.${field.name} is set by ${name}, which is no RPC`);
  const { pattern } = getOption(rpc, http);
  return { name: rpc.name, route: `${pattern.case?.toUpperCase()} ${pattern.value}` };
}

function fullName({ parent, name }: DescMethod): string {
  return `${parent.typeName}.${name}`;
}
