import type { OutgoingHttpHeaders } from "node:http";
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { routesOf } from "./route-table.ts";

/** The headers about each deprecated RPC, for the variables of a path as a request has them. */
export type Deprecations = ReadonlyMap<DescMethod, (path: string) => OutgoingHttpHeaders>;

/** What these services say about their deprecated RPCs. Throws for a successor or a day that is none. */
export function deprecationsOf(services: readonly DescService[]): Deprecations {
  const rpcs = services.flatMap((it) => it.methods);
  return new Map(
    rpcs.flatMap((rpc) => {
      const { deprecation } = rulesOf(rpc);
      if (deprecation === undefined) return [];
      const { since, until, successor } = deprecation;
      const next = successor === "" ? undefined : successorOf(rpc, successor, rpcs);
      const fixed: OutgoingHttpHeaders = {
        Deprecation: `@${dayOf(rpc, since).getTime() / 1000}`,
        ...(until !== "" && { Sunset: dayOf(rpc, until).toUTCString() }),
      };
      const about = '</docs>; rel="deprecation"; type="text/html"';
      return [[rpc, (path) => ({ ...fixed, Link: [about, ...linkTo(rpc, next, path)].join(", ") })] as const];
    }),
  );
}

function successorOf(rpc: DescMethod, successor: string, rpcs: readonly DescMethod[]): DescMethod {
  const found = rpcs.find((it) => `${it.parent.typeName}.${it.name}` === successor);
  if (found === undefined)
    throw new Error(`${rpc.name} names ${successor} as its successor, which is no RPC`);
  return found;
}

function dayOf(rpc: DescMethod, day: string): Date {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day))
    throw new Error(`${rpc.name} is deprecated on "${day}", which is no day such as 2026-11-30`);
  return date;
}

/** The link to the successor of this resource: its path with the variables of the request, where it has no others. */
function linkTo(rpc: DescMethod, successor: DescMethod | undefined, path: string): string[] {
  const next = successor && routesOf(successor)[0]?.template;
  if (next === undefined) return [];
  const segments = path.split("/");
  const own = routesOf(rpc).map(({ template }) => template);
  const template = own.find((it) => it.segments.length === segments.length - 1);
  const values = new Map(
    template?.variables.map(({ fieldPath, at }) => [fieldPath.join("."), segments[at + 1] ?? ""]),
  );
  const filled = next.text.replace(/\{([\w.]+)\}/g, (whole, name: string) => values.get(name) ?? whole);
  return filled.includes("{") ? [] : [`<${filled}>; rel="successor-version"`];
}
