import type { DescMessage } from "@bufbuild/protobuf";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import { fieldsByName, isLeaf } from "./read-message.ts";

/**
 * Lists the fields that a JSON merge patch (RFC 7396) sets or clears, as the paths of a field mask.
 *
 * `null` clears, so its path is in the mask and its field is not in the message. What has no fields of its own to
 * REST (an area, a time) is set as a whole, and so are lists, as the RFC says, and maps. Unknown fields are left out
 * here: the reader of the message refuses them.
 */
export function maskOf(desc: DescMessage, patch: unknown, prefix = ""): string[] {
  if (typeof patch !== "object" || patch === null) return [];
  return Object.entries(patch).flatMap(([name, value]) => {
    const field = fieldsByName(desc).get(name);
    if (field === undefined) return [];
    const path = `${prefix}${field.name}`;
    const below = field.fieldKind === "message" ? messageOf(field) : undefined;
    const whole = below === undefined || isLeaf(below) || isGeometry(field) || value === null;
    return whole ? [path] : maskOf(below, value, `${path}.`);
  });
}
