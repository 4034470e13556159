import type { Message } from "@bufbuild/protobuf";
import { featureText, revisionOf, shownText } from "./document.ts";
import { entityTag, listsTag } from "./entity-tag.ts";
import type { Reply } from "./exchange.ts";
import { fieldValue } from "./field-value.ts";
import { type Form, MEDIA_TYPES } from "./negotiate.ts";
import { LOOK_AGAIN, operationIn } from "./operation.ts";
import type { Route } from "./route.ts";

/** Who asks, and in which media type, changes what a document says. */
export const DOCUMENT_VARY = "Accept, Authorization";

/**
 * Answers a document; 304 where the caller holds the same revision in the same media type. One of an operation that is
 * under way says when to look again.
 */
export function documentReply(
  route: Route,
  form: Form,
  response: Message,
  ifNoneMatch: string | undefined,
): Reply {
  const { shown } = route;
  const value = shown.field === undefined ? response : fieldValue(response, shown.field);
  const single = !shown.list && value !== undefined;
  const revision = single ? revisionOf(shown.desc, value as Message) : undefined;
  const tag = revision === undefined ? undefined : entityTag(revision, form);
  const headers = {
    // A copy may be kept, and is asked for again each time: what a caller may see can change.
    "Cache-Control": "private, no-cache",
    Vary: DOCUMENT_VARY,
    ...(tag !== undefined && { ETag: tag }),
    ...(operationIn(route, response)?.done === false && LOOK_AGAIN),
  };
  if (tag !== undefined && listsTag(ifNoneMatch, tag)) return { status: 304, headers };
  const feature = form === "geojson" && single;
  const body = feature ? featureText(shown.desc, value as Message) : shownText(shown, response);
  return { status: 200, headers: { ...headers, "Content-Type": MEDIA_TYPES[form] }, body };
}
