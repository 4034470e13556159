import { COMMENTS } from "../gen/comments.ts";
import { type Commented, nameOf } from "./contract-comments.ts";

const byName: ReadonlyMap<string, string> = new Map(COMMENTS);

/** What the contract says above one of its parts, as plain text: "" where it says nothing. */
export function commentOf(desc: Commented): string {
  return byName.get(nameOf(desc)) ?? "";
}
