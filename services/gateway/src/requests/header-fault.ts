import type { IncomingMessage } from "node:http";
import type { Fault } from "../http-refusal.ts";

/** Headers of which there is one at most. Node takes the first of several and drops the others. */
const SINGLE = ["host", "authorization", "content-type", "content-encoding"];
/** A host and a port (RFC 9110, section 7.2). */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+;=-]*)(?::[0-9]*)?$/;

/** What is wrong with the headers of a request, if something is, whatever is asked for. */
export function headerFault({ rawHeaders, headers, httpVersion }: IncomingMessage): Fault | undefined {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((it) => it.toLowerCase());
  const twice = SINGLE.find((it) => names.indexOf(it) !== names.lastIndexOf(it));
  if (twice !== undefined) return fault(twice, "must be given once", "header.twice");
  if (headers.host === undefined)
    return httpVersion === "1.0" ? undefined : fault("host", "must be given", "header.host");
  return HOST.test(headers.host) ? undefined : fault("host", "must be a host and a port", "header.host");
}

function fault(header: string, detail: string, rule: string): Fault {
  const name = header.replaceAll(/(^|-)([a-z])/g, (_, start, letter) => start + letter.toUpperCase());
  return { in: "header", name, detail, rule };
}
