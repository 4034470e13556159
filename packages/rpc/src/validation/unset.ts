import type { DescMessage, Message } from "@bufbuild/protobuf";
import {
  isReflectList,
  isReflectMap,
  isReflectMessage,
  type Path,
  reflect,
} from "@bufbuild/protobuf/reflect";

/**
 * Whether what `path` names is left out of a message: a field without a value, or with the zero that stands for none, or
 * a oneof of which nothing is chosen. What is in a list or a map is there.
 */
export function isUnset(desc: DescMessage, message: Message, path: Path): boolean {
  let at: unknown = reflect(desc, message);
  for (const step of path) {
    if (isReflectMessage(at) && step.kind === "field") {
      if (!at.isSet(step)) return true;
      at = at.get(step);
    } else if (isReflectMessage(at) && step.kind === "oneof") return at.oneofCase(step) === undefined;
    else if (isReflectList(at) && step.kind === "list_sub") at = at.get(step.index);
    else if (isReflectMap(at) && step.kind === "map_sub") at = at.get(step.key);
    else return false;
  }
  return false;
}
