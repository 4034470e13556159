import { create } from "content-disposition";
import { isAnsweredOnce, type Route } from "../routes/route.ts";

/** The forms of files. A browser shows the others itself. */
const FILES = /^(?:geojson|csv|gpx|osm|ndjson)$/;
/** What some systems take in no name of a file: marks of folders, and of their commands. */
const NO_NAME = /[\\/:*?"<>|\p{Cc}]/gu;
/** Parameters that choose no documents: the form, what each shows, and who asks. */
const SHAPING = /^(?:f|fields|include|language|ticket)=/;

/** One form of a resource, and the route that answers it. */
interface Offer {
  form: string;
  route: Route;
}

/** Whether a form of a resource can be asked for as a file: it is that of one, and it ends. */
export function isFile({ route: { rpc, shown, position }, form }: Offer): boolean {
  const ends = isAnsweredOnce(rpc) || (shown.list && position === undefined);
  return FILES.test(form) && ends;
}

/**
 * The headers of an answer that was asked for as a file, by the parameter `f`: a browser saves it under a name that says what is in
 * it. A program that asks by Accept gets the same without them.
 */
export function fileHeaders(
  { path, query }: { path: string; query: string },
  offer: Offer,
): { "Content-Disposition"?: string } {
  const parameters = query.split("&").filter((it) => it !== "");
  if (!isFile(offer) || !parameters.some((it) => it.startsWith("f="))) return {};
  const chosen = parameters.some((it) => !SHAPING.test(it)) ? "-selection" : "";
  const filename = `${baseName(offer.route.template, path)}${chosen}.${offer.form}`;
  return { "Content-Disposition": create(filename) };
}

/** What a path names, after its version: "project-7-tasks" for "/v1/projects/7/tasks". */
function baseName({ segments, variables }: Route["template"], path: string): string {
  const sent = path.split("/").slice(1);
  const names = new Map(variables.map(({ at, fieldPath }) => [at, fieldPath.at(-1) as string]));
  const words = segments.flatMap((literal, at) => {
    const name = names.get(at);
    if (name !== undefined) return [`${name.replace(/_id$/, "")}-${decodeURIComponent(sent[at] ?? "")}`];
    // A collection before an id is named by that id: "projects/7" is "project-7".
    return at === 0 || names.has(at + 1) ? [] : [literal as string];
  });
  return words.join("-").replaceAll("_", "-").replaceAll(NO_NAME, "-");
}
