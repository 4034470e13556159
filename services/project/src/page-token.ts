import { createHash } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import {
  type ListProjectsRequest,
  ListProjectsRequestSchema,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { pageTokenInvalid } from "./refusals.ts";

const ID_BYTES = 4;
const CHECK_BYTES = 8;

/**
 * A page token holds the id of the page's last project, and a check that binds it to the list and its filters. It is no
 * secret: what a page shows is decided anew for whoever asks.
 */
export function pageToken(request: ListProjectsRequest, lastProjectId: number): string {
  const id = Buffer.alloc(ID_BYTES);
  id.writeInt32BE(lastProjectId);
  return Buffer.concat([id, checkOf(request, id)]).toString("base64url");
}

/** The last project's id on the page before; undefined for the first page. Refuses PAGE_TOKEN_INVALID. */
export function readPageToken(request: ListProjectsRequest): number | undefined {
  if (request.pageToken === "") return undefined;
  const bytes = Buffer.from(request.pageToken, "base64url");
  if (bytes.length !== ID_BYTES + CHECK_BYTES) throw pageTokenInvalid();
  const lastProjectId = bytes.readInt32BE();
  if (pageToken(request, lastProjectId) !== request.pageToken) throw pageTokenInvalid();
  return lastProjectId;
}

function checkOf(request: ListProjectsRequest, id: Buffer): Buffer {
  const filters = toBinary(ListProjectsRequestSchema, { ...request, pageSize: 0, pageToken: "" });
  const list = ListProjectsRequestSchema.typeName;
  return createHash("sha256").update(list).update(id).update(filters).digest().subarray(0, CHECK_BYTES);
}
