import { type DescField, type DescMethod, type DescMethodUnary, getOption } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";

/** A GET of the contracts that is answered by one message. */
export interface Resource {
  rpc: DescMethodUnary;
  /** The parts of its path; a variable is in braces: ["v1", "teams", "{team_id}"]. */
  segments: readonly string[];
  /** The field of the response that is the document; undefined where that is all of the response. */
  field: DescField | undefined;
  /** The query parameter that selects it among two GETs of one path; "" for none. */
  selectedBy: string;
}

/** A resource, and what the variables of its path stand for. */
export interface FoundResource extends Resource {
  variables: Readonly<Record<string, string>>;
}

/** Every resource that can be shown as a page. */
export const RESOURCES: readonly Resource[] = SERVICES.flatMap(({ methods }) => methods.flatMap(resourcesOf));

function resourcesOf(rpc: DescMethod): Resource[] {
  const rule = getOption(rpc, http);
  const { selectedBy, answerMediaType } = rulesOf(rpc);
  if (!isUnary(rpc) || answerMediaType !== "") return [];
  return [rule, ...rule.additionalBindings].flatMap(({ pattern, responseBody }) => {
    if (pattern.case !== "get") return [];
    const field = rpc.output.fields.find((it) => it.name === responseBody);
    return [{ rpc, segments: pattern.value.split("/").slice(1), field, selectedBy }];
  });
}

/** Whether an RPC takes one message and is answered by one. */
export function isUnary(rpc: DescMethod): rpc is DescMethodUnary {
  return rpc.methodKind === "unary";
}

export function isVariable(segment: string): boolean {
  return segment.startsWith("{");
}

/** The name of the field that a variable fills. */
export function variableName(segment: string): string {
  return segment.slice(1, -1);
}

/** The resource at a path, if the contracts have one. A word of a path comes before a variable at its place. */
export function resourceAt(path: string, query: URLSearchParams): FoundResource | undefined {
  const parts = path.split("/").slice(1);
  const found = RESOURCES.flatMap((resource) => {
    if (resource.selectedBy !== "" && !query.has(resource.selectedBy)) return [];
    const variables = matched(resource.segments, parts);
    return variables === undefined ? [] : [{ ...resource, variables }];
  });
  const rank = (it: FoundResource) => Object.keys(it.variables).length - (it.selectedBy === "" ? 0 : 0.5);
  return found.toSorted((one, other) => rank(one) - rank(other))[0];
}

function matched(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined;
  const variables: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const part = decoded(parts[at] ?? "");
    if (isVariable(segment) && part) variables[variableName(segment)] = part;
    else if (segment !== part) return undefined;
  }
  return variables;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** The path of a resource with these values for its variables; undefined where one is missing. */
export function pathOf(
  segments: readonly string[],
  values: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const parts = segments.map((it) => (isVariable(it) ? values[variableName(it)] : it));
  if (parts.some((it) => it === undefined || it === "")) return undefined;
  return `/${parts.map((it) => encodeURIComponent(it as string)).join("/")}`;
}

/** The addresses of what lies directly below a resource: "/v1/teams/7/members" below "/v1/teams/7". */
export function pathsBelow({ segments, variables }: FoundResource): string[] {
  const below = RESOURCES.filter(
    (it) =>
      it.segments.length === segments.length + 1 &&
      !isVariable(it.segments.at(-1) ?? "") &&
      segments.every((segment, at) => segment === it.segments[at]),
  );
  return [...new Set(below.flatMap((it) => pathOf(it.segments, variables) ?? []))];
}
