import { hash } from "node:crypto";
import type { Answer } from "./answer.ts";

/** How long readers cache the keys; a new key is published at least this long before it signs. */
const CACHE_SECONDS = 60;

/** A document that anybody may keep for a while; 304 for who has it. */
export function publishedDocument(ifNoneMatch: string | undefined, type: string, document: unknown): Answer {
  const body = JSON.stringify(document);
  const etag = `"${hash("sha256", body, "base64url")}"`;
  const headers = { "cache-control": `public, max-age=${CACHE_SECONDS}`, etag };
  const known = (ifNoneMatch ?? "").split(",").some((it) => ["*", etag, `W/${etag}`].includes(it.trim()));
  if (known) return { status: 304, headers, body: "" };
  return { status: 200, headers: { ...headers, "content-type": type }, body };
}
