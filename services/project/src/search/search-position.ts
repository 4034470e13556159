import type { ListProjectsRequest } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { pageTokenInvalid } from "@tessera/rpc/page-token.ts";

/** Where a page ended. */
export interface SearchPosition {
  /** Of the last project: what it is sorted by. Numbers are written out. */
  key: string;
  projectId: number;
  /** Whether words that are spelled nearly so count as found. */
  near: boolean;
}

const NAME_MAX = 60;
const PROJECT_ID_MAX = 2 ** 31 - 1;

/** Writes a position for a page token. */
export function positionText({ key, projectId, near }: SearchPosition): string {
  return `${near ? "~" : "="}${projectId}:${key}`;
}

/** Reads it. Refuses malformed tokens as PAGE_TOKEN_INVALID: anybody can forge one. */
export function readPosition(text: string | undefined, orderBy: ProjectOrder): SearchPosition | undefined {
  if (text === undefined) return undefined;
  const [, mark, id = "", key = ""] = /^([~=])([1-9][0-9]{0,9}):([^\0]*)$/u.exec(text) ?? [];
  const isKey =
    orderBy === ProjectOrder.NAME ? [...key].length <= NAME_MAX : /^(0|-?[1-9][0-9]{0,15})$/.test(key);
  if (mark === undefined || !isKey || Number(id) > PROJECT_ID_MAX) throw pageTokenInvalid();
  return { key, projectId: Number(id), near: mark === "~" };
}

/** The order of a list, also where the request names none, or relevance without a text. */
export function orderOf({ orderBy, query }: Pick<ListProjectsRequest, "orderBy" | "query">): ProjectOrder {
  const { UNSPECIFIED, RELEVANCE, CREATE_TIME } = ProjectOrder;
  if (orderBy !== UNSPECIFIED && orderBy !== RELEVANCE) return orderBy;
  return query.trim() === "" ? CREATE_TIME : RELEVANCE;
}
