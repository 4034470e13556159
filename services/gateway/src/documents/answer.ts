import type { Message } from "@bufbuild/protobuf";
import type { Exchange, Reply } from "../exchange.ts";
import { entityTag, listsTag } from "../requests/entity-tag.ts";
import { fieldValue } from "../requests/field-value.ts";
import type { Route } from "../routes/route.ts";
import { csvText } from "./csv.ts";
import { collectionText, featureText, revisionOf, shownText } from "./document.ts";
import { type Form, MEDIA_TYPES } from "./negotiate.ts";
import { LOOK_AGAIN, operationIn } from "./operation.ts";

/** A document depends on the caller and the media type. */
export const DOCUMENT_VARY = "Accept, Authorization";

/**
 * Answers a document; 304 where the caller holds the same revision in the same media type. The document of a running
 * operation says when to read it again; a list links to its next page.
 */
export function documentReply(
  exchange: Pick<Exchange, "path" | "query">,
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
    ...nextLink(exchange, route, response),
  };
  if (tag !== undefined && listsTag(ifNoneMatch, tag)) return { status: 304, headers };
  const body = bodyOf(route, form, response, single);
  const type = form === "csv" ? `${MEDIA_TYPES.csv}; charset=utf-8; header=present` : MEDIA_TYPES[form];
  return { status: 200, headers: { ...headers, "Content-Type": type }, body };
}

function bodyOf({ shown, rows, rpc }: Route, form: Form, response: Message, single: boolean): string {
  if (rows !== undefined && form === "csv") return csvText(rows, response);
  if (rows !== undefined && form === "geojson") return collectionText(rpc.output, rows, response);
  if (form !== "geojson" || !single) return shownText(shown, response);
  const value = shown.field === undefined ? response : fieldValue(response, shown.field);
  return featureText(shown.desc, value as Message, shown.field);
}

/** Where the next page of a list is (RFC 8288): some forms have no place to say so. */
function nextLink({ path, query }: Pick<Exchange, "path" | "query">, { nextPage }: Route, response: Message) {
  const token = nextPage && fieldValue(response, nextPage);
  if (!token) return {};
  const others = query.split("&").filter((it) => it !== "" && !/^page(_t|T)oken=/.test(it));
  const parameters = [...others, `page_token=${encodeURIComponent(String(token))}`].join("&");
  return { Link: `<${path}?${parameters}>; rel="next"` };
}
