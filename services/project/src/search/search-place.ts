import { ProjectSort } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { pageTokenInvalid } from "@tessera/rpc/page-token.ts";

/** Where a page ended. */
export interface Place {
  /** Of the last project: what it is sorted by. Numbers are written out. */
  key: string;
  projectId: number;
  /** Whether words that are spelled nearly so count as found. */
  isNear: boolean;
}

const NAME_MAX = 60;
const PROJECT_ID_MAX = 2 ** 31 - 1;

/** Writes a place for a page token. */
export function placeText({ key, projectId, isNear }: Place): string {
  return `${isNear ? "~" : "="}${projectId}:${key}`;
}

/** Reads it. Refuses malformed tokens as PAGE_TOKEN_INVALID: anybody can forge one. */
export function readPlace(text: string | undefined, sort: ProjectSort): Place | undefined {
  if (text === undefined) return undefined;
  const [, near, id = "", key = ""] = /^([~=])([1-9][0-9]{0,9}):([^\0]*)$/u.exec(text) ?? [];
  const isKey =
    sort === ProjectSort.NAME ? [...key].length <= NAME_MAX : /^(0|-?[1-9][0-9]{0,15})$/.test(key);
  if (near === undefined || !isKey || Number(id) > PROJECT_ID_MAX) throw pageTokenInvalid();
  return { key, projectId: Number(id), isNear: near === "~" };
}

/** How a list is sorted, where the request does not say, or says what makes no sense without a text. */
export function sortOf({ sort, text }: { sort: ProjectSort; text: string }): ProjectSort {
  const { UNSPECIFIED, RELEVANCE, NEWEST } = ProjectSort;
  if (sort !== UNSPECIFIED && sort !== RELEVANCE) return sort;
  return text.trim() === "" ? NEWEST : RELEVANCE;
}
