import type { OutgoingHttpHeaders } from "node:http";
import { create, type DescField, type DescMessage, type Message } from "@bufbuild/protobuf";
import { type FieldMask, FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import type { CodedBodies, Exchange, Reply } from "../exchange.ts";
import { fileHeaders } from "../files/file-name.ts";
import type { SpooledFile, SpooledFiles } from "../files/spooled-files.ts";
import { entityTag, knownTag, listsTag } from "../requests/entity-tag.ts";
import { fieldValue, setFieldValue } from "../requests/field-value.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";
import { csvFields } from "./csv.ts";
import type { Chosen } from "./document.ts";
import { editorFields } from "./editor-feature.ts";
import { featureFields } from "./feature.ts";
import type { KeptAnswer, KeptAnswers } from "./kept-answers.ts";
import { leftOutOf } from "./left-out.ts";
import type { Form, Offer } from "./negotiate.ts";
import { isSaidIn, textIn } from "./wire-json.ts";

/** A read that is under way: what the client has, what is kept here, what of the rows is shown. */
export interface Listing {
  /** The tags that the client has. */
  ifNoneMatch: string | undefined;
  /** The fields of rows that the request chose. */
  chosen: Chosen;
  kept: KeptAnswer | undefined;
  /** The largest body that is kept, in bytes. */
  largestBytes: number;
  /** Keeps the answer, if the service gave it a tag. */
  keep(answer: KeptAnswer): void;
  /** The headers of an answer that was asked for as a file; none for any other. */
  fileHeaders: OutgoingHttpHeaders;
  /** The list in a temporary file, if it was written there. */
  spooled(): SpooledFile | undefined;
  /** Writes the list to a temporary file, if there is place for it. */
  spool(etag: string, bytes: AsyncIterable<Buffer>): Promise<SpooledFile | undefined>;
  /** The compressed bodies of the answer with this tag. */
  codedBodies(etag: string): CodedBodies;
}

/** The lists that were sent last: in memory, and those of which parts were asked for on disk. */
export interface KeptLists {
  answers: KeptAnswers;
  spools: SpooledFiles;
}

/**
 * Prepares the request of a read. A list that has a tag is asked for only if it is not as it is kept here, or else as the client
 * has it: the service is asked each time, and decides each time whether the caller may see it. One that is wanted whole is asked
 * for in any case.
 */
export function beginListing(
  { answers, spools }: KeptLists,
  { request, path, query }: Pick<Exchange, "request" | "path" | "query">,
  { route, form }: Offer,
  message: Message,
  isWhole = false,
): Listing {
  const ifNoneMatch = request.headers["if-none-match"];
  const chosen = choose(route, form, message);
  const key = `${form} ${path}?${query}`;
  const kept = route.etag && !isWhole ? answers.find(key) : undefined;
  const knownTo = kept?.etag ?? spools.find(key)?.etag ?? knownTag(ifNoneMatch, form);
  if (route.knownEtag && !isWhole) setFieldValue(message, route.knownEtag, knownTo);
  return {
    ifNoneMatch,
    chosen,
    kept,
    largestBytes: answers.largestBytes,
    keep: (answer) => answers.keep(key, answer),
    fileHeaders: fileHeaders({ path, query }, { route, form }),
    spooled: () => spools.find(key),
    spool: (etag, bytes) => spools.write(key, etag, bytes),
    codedBodies: (etag) => ({
      find: (coding) => (kept?.etag === etag ? kept.coded?.get(coding) : undefined),
      keep: (coding, body) => answers.keepCoded(key, etag, coding, body),
    }),
  };
}

/** What the service says of a list: its tag, and whether that is the one it was asked with. */
export function listSaid(
  { etag, unchanged }: Route,
  message: Message,
): { etag: string; isUnchanged: boolean } {
  return {
    etag: etag ? textIn(message, etag) : "",
    isUnchanged: unchanged !== undefined && isSaidIn(message, unchanged),
  };
}

/** Answers without reading the list: 304 where the client has it, and what is kept here where that is the same. */
export function unreadReply(
  { ifNoneMatch, kept, codedBodies }: Pick<Listing, "ifNoneMatch" | "kept" | "codedBodies">,
  form: Form,
  etag: string,
  headers: Reply["headers"],
): Reply | undefined {
  if (etag === "") return undefined;
  if (listsTag(ifNoneMatch, entityTag(etag, form))) return { status: 304, headers };
  if (kept === undefined || kept.etag !== etag) return undefined;
  return { status: 200, headers: kept.headers, body: kept.body, coded: codedBodies(etag) };
}

/**
 * The fields of rows that a request chose. A Feature needs its id and its geometry beside them: where rows leave their geometry
 * out and have no other place, the gateway asks for it. Editors see few fields, so the service is asked for no other.
 */
function choose({ fields, rows, shown }: Route, form: Form, message: Message): Chosen {
  if (fields === undefined) return undefined;
  const mask = fieldValue(message, fields) as FieldMask | undefined;
  const chosen = mask === undefined || mask.paths.length === 0 ? undefined : new Set(mask.paths);
  const holder = rows ?? shown.field;
  if (holder === undefined) return chosen;
  const desc = messageOf(holder) as DescMessage;
  const ask = (paths: string[]) => setFieldValue(message, fields, create(FieldMaskSchema, { paths }));
  if (form === "gpx" || form === "osm") ask(editorFields(desc, holder, chosen));
  if (form === "csv") {
    const columns = csvFields(holder, chosen);
    const isRead = ({ name }: DescField) => chosen?.has(name) ?? !leftOutOf(holder).includes(name);
    // Areas have no column, and are long.
    if (columns.length > 0 && desc.fields.some((it) => isGeometry(it) && isRead(it))) ask(columns);
  }
  if (form !== "geojson") return chosen;
  const needed = featureFields(desc, holder, chosen);
  const leftOut = leftOutOf(holder);
  if (chosen === undefined && !needed.some((name) => leftOut.includes(name))) return undefined;
  const others = chosen ?? desc.fields.map(({ name }) => name).filter((name) => !leftOut.includes(name));
  const paths = [...new Set([...others, ...needed])];
  ask(paths);
  return chosen ?? new Set(paths);
}
