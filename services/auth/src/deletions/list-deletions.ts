import type { MethodImpl } from "@connectrpc/connect";
import {
  ListDeletionsRequestSchema,
  type UserService,
} from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { numberIn } from "../page-key.ts";
import { deletionOf, knownService } from "./deletion.ts";

const DEFAULT_PAGE_SIZE = 100;

/** Implements tessera.auth.v1.UserService.ListDeletions. */
export function listDeletions({
  store,
  deletionServices,
}: Deps): MethodImpl<typeof UserService.method.listDeletions> {
  return async (request) => {
    const { service } = request;
    const last = readPageToken(ListDeletionsRequestSchema, request);
    const after = last === undefined ? 0n : numberIn(last);
    knownService(deletionServices, service);
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const found = await store.deletions.pending(service, after, pageSize + 1);
    const page = found.slice(0, pageSize);
    const end = found.length > pageSize ? page.at(-1) : undefined;
    return {
      deletions: page.map((it) => deletionOf(it, deletionServices)),
      nextPageToken: end ? pageToken(ListDeletionsRequestSchema, request, String(end.userId)) : "",
    };
  };
}
