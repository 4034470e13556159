import { type DescField, type DescMethod, getOption, ScalarType } from "@bufbuild/protobuf";
import { FieldRole, selects_by } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { type FieldPath, pathsIn } from "./field-path.ts";
import type { Property } from "./property.ts";

/** A query parameter that selects features by the value of a property. */
export interface Selector {
  name: string;
  /** In the request of the list. */
  path: FieldPath;
}

/** The parameters of a collection that select by properties. Throws where the contract names no property. */
export function selectorsOf(rpc: DescMethod, properties: readonly Property[]): Selector[] {
  return pathsIn(rpc.input)
    .map((path) => ({ path, name: getOption(path.at(-1) as DescField, selects_by) }))
    .filter(({ path, name }) => name !== "" && !isTime(path.at(-1) as DescField))
    .map((selector) => {
      if (properties.some(({ name }) => name === selector.name)) return selector;
      throw new Error(`${rpc.name} selects by "${selector.name}", which its rows do not have`);
    });
}

function isTime(field: DescField): boolean {
  const { CHANGED_FROM, CHANGED_BEFORE } = FieldRole;
  return [CHANGED_FROM, CHANGED_BEFORE].some((role) => fieldWithRole(field.parent, role) === field);
}

/**
 * The value of a parameter as the field reads it. The name of an enum's value may be without the prefix that all of them have,
 * and programs for maps write true and false as 1 and 0.
 */
export function valueText(field: DescField, text: string): string {
  if (field.enum !== undefined) {
    const prefix = field.enum.sharedPrefix?.toUpperCase() ?? "";
    const named = field.enum.values.some(({ name }) => name === `${prefix}${text.toUpperCase()}`);
    return named ? `${prefix}${text.toUpperCase()}` : text;
  }
  const isBool = field.fieldKind === "scalar" && field.scalar === ScalarType.BOOL;
  return isBool && /^[01]$/.test(text) ? String(text === "1") : text;
}
