import { type DescField, type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import { type FieldMask, FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { field as fieldOption } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { settingRpc } from "@tessera/contracts/setting-rpc.ts";
import { type FieldViolation, VIOLATIONS_MAX } from "../refusal.ts";
import { nearestName } from "./nearest-name.ts";

const RULE = "field_mask.in";
/** Longer names are cut. */
const SHOWN_LENGTH = 100;

/**
 * What is wrong with the names in a request's mask, one by one: a field of the document that another RPC sets, or the service,
 * is named by its path in the document; what is no field, by the name that is nearest.
 */
export function maskFaults(desc: DescMessage, message: Message, mask: DescField): FieldViolation[] {
  const rules = getOption(mask, fieldOption).type;
  const taken = rules.case === "fieldMask" ? rules.value.in : [];
  const { paths } = (message as unknown as Record<string, FieldMask>)[mask.localName] as FieldMask;
  const document = desc.fields.find((it) => it.message && it.message.typeName !== FieldMaskSchema.typeName);
  return paths
    .filter((path) => !taken.some((name) => path === name || path.startsWith(`${name}.`)))
    .slice(0, VIOLATIONS_MAX)
    .map((path) => {
      const field = document?.message?.fields.find(({ name }) => name === path.split(".")[0]);
      if (document === undefined || field === undefined) return unknown(mask, path, taken);
      const rpc = settingRpc(field);
      const description = rpc ? `is set by ${rpc.name} (${rpc.route})` : "is set by the service";
      return { field: `${document.name}.${field.name}`, description, rule: RULE };
    });
}

function unknown(mask: DescField, path: string, taken: readonly string[]): FieldViolation {
  const near = nearestName(path, taken);
  const hint = near === undefined ? "" : `: do you mean "${near}"?`;
  const description = `"${path.slice(0, SHOWN_LENGTH)}" is not a field that can be changed${hint}`;
  return { field: mask.name, description, rule: RULE };
}
