import type { IncomingMessage } from "node:http";
import type { Fault } from "../http-refusal.ts";

/** Headers of which there is one at most. Node takes the first of several and drops the others. */
const SINGLE = ["host", "authorization", "content-type", "content-encoding"];
const SINGLE_LENGTHS = new Set(SINGLE.map((it) => it.length));
/** A host and a port (RFC 9110, section 7.2). */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+;=-]*)(?::[0-9]*)?$/;

/** What is wrong with the headers of a request, if something is, whatever is asked for. */
export function headerFault({ rawHeaders, headers, httpVersion }: IncomingMessage): Fault | undefined {
  const twice = givenTwice(rawHeaders);
  if (twice !== undefined) return fault(twice, "must be given once", "header.twice");
  if (headers.host === undefined)
    return httpVersion === "1.0" ? undefined : fault("host", "must be given", "header.host");
  return HOST.test(headers.host) ? undefined : fault("host", "must be a host and a port", "header.host");
}

/** The first of those headers that is given twice. Names and values take turns in `rawHeaders`. */
function givenTwice(rawHeaders: readonly string[]): string | undefined {
  let seen = 0;
  let twice = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!SINGLE_LENGTHS.has(name.length)) continue;
    const index = SINGLE.indexOf(name.toLowerCase());
    if (index === -1) continue;
    twice |= seen & (1 << index);
    seen |= 1 << index;
  }
  return twice === 0 ? undefined : SINGLE.find((_, index) => twice & (1 << index));
}

function fault(header: string, detail: string, rule: string): Fault {
  const name = header.replaceAll(/(^|-)([a-z])/g, (_, start, letter) => start + letter.toUpperCase());
  return { in: "header", name, detail, rule };
}
