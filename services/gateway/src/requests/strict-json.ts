import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { type HttpRefusal, refuseHttp } from "../http-refusal.ts";

/** Values may lie within each other this deep. GeoJSON needs 9. */
const DEPTH_MAX = 64;

/** An object has at most this many names. */
const NAMES_MAX = 10_000;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads JSON that means one thing: UTF-8, no name twice in an object (RFC 7493), nesting bounded before anything is
 * built. Refuses all else with BODY_MALFORMED.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw malformed("The body is not UTF-8", "body.utf8");
  }
  scan(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message would quote the body.
    const position = / at position \d+/.exec((error as Error).message)?.[0] ?? "";
    throw malformed(`The body is not JSON${position && `: it goes wrong${position}`}`, "body.json");
  }
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Counts depth and compares names. The text need not be well-formed: JSON.parse, which would silently take the last of
 * two equal names, sees it next.
 */
function scan(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let nameNext = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        nameNext = text.charCodeAt(at) === OPEN_OBJECT;
        open.push(nameNext ? new Set() : undefined);
        if (open.length > DEPTH_MAX) throw malformed(`The body nests deeper than ${DEPTH_MAX}`, "body.depth");
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        nameNext = false;
        break;
      case COMMA:
        nameNext = open.at(-1) !== undefined;
        break;
      case COLON:
        nameNext = false;
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        if (nameNext) remember(open.at(-1), text.slice(at, end + 1));
        nameNext = false;
        at = end;
        break;
      }
    }
  }
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && escaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function escaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function remember(names: Set<string> | undefined, quoted: string): void {
  const name = quoted.includes("\\") ? unescaped(quoted) : quoted;
  if (names?.has(name))
    throw malformed("The body has an object with the same name twice", "body.duplicate_name");
  names?.add(name);
  if (names !== undefined && names.size > NAMES_MAX)
    throw malformed(`The body has an object with more than ${NAMES_MAX} names`, "body.names");
}

/** The same name may be written with escapes and without. */
function unescaped(quoted: string): string {
  try {
    return `"${JSON.parse(quoted)}"`;
  } catch {
    return quoted;
  }
}

function malformed(detail: string, rule: string): HttpRefusal {
  return refuseHttp(Reason.BODY_MALFORMED, { detail, faults: [{ in: "body", name: "", detail, rule }] });
}
