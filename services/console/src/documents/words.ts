import type { DescEnum } from "@bufbuild/protobuf";

/** A name of the contracts as words: "join_requests", "join-requests" and "JoinRequests" are "Join requests". */
export function words(name: string): string {
  const text = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A value of an enum as words, without the name of the enum: "TASK_STATE_BAD_IMAGERY" is "Bad imagery". */
export function enumWords(desc: DescEnum, value: number): string {
  const found = desc.values.find(({ number }) => number === value);
  if (found === undefined) return String(value);
  const prefix = `${desc.name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}_`;
  return words(found.name.startsWith(prefix) ? found.name.slice(prefix.length) : found.name);
}
