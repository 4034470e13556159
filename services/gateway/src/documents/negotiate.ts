import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import Negotiator from "negotiator";
import { refuseHttp } from "../http-refusal.ts";
import { isFeature, messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";
import type { Endpoint } from "../routes/route-table.ts";

/** The forms that an answer can have. The names are also the values of the parameter `f`. */
export type Form = "json" | "geojson" | "csv" | "gpx" | "osm" | "links" | "ndjson" | "sse" | "mvt";

/** The forms of what has an area, for editors of OpenStreetMap and apps for the field. */
const EDITOR_FORMS = ["gpx", "osm"] as const;

/** The media type of each form. */
export const MEDIA_TYPES: Record<Form, string> = {
  json: "application/json",
  geojson: "application/geo+json",
  csv: "text/csv",
  gpx: "application/gpx+xml",
  osm: "application/vnd.openstreetmap.data+xml",
  links: "application/linkset+json",
  ndjson: "application/x-ndjson",
  sse: "text/event-stream",
  mvt: "application/vnd.mapbox-vector-tile",
};

/** The media type of a form, with its parameters. */
export function contentType(form: Form): string {
  return form === "csv" ? `${MEDIA_TYPES.csv}; charset=utf-8; header=present` : MEDIA_TYPES[form];
}

/** One form of a resource, and the route that answers it. */
export interface Offer {
  form: Form;
  route: Route;
}

/** The forms of a resource. */
interface Forms {
  offers: Offer[];
  types: string[];
  /** What was chosen by a value of Accept: clients send the same few. */
  byAccept: Map<string, Offer>;
}

/** At most this many values of Accept are remembered for a resource, none of them longer than this. */
const ACCEPT_REMEMBERED_MAX = 100;
const ACCEPT_MAX_LENGTH = 200;

const known = new WeakMap<Endpoint, Forms>();

/** The forms of a resource, the preferred one first. */
export function offersOf(endpoint: Endpoint): Offer[] {
  return formsOf(endpoint).offers;
}

function formsOf(endpoint: Endpoint): Forms {
  let forms = known.get(endpoint);
  if (forms === undefined) {
    const streamed = streamOffers(endpoint.stream);
    // A stream sends the whole of what a list gives a page of.
    const paged = unaryOffers(endpoint.unary).filter((it) => !streamed.some(({ form }) => form === it.form));
    const offers = [...paged, ...streamed];
    forms = { offers, types: offers.map((it) => MEDIA_TYPES[it.form]), byAccept: new Map() };
    known.set(endpoint, forms);
  }
  return forms;
}

function unaryOffers(route: Route | undefined): Offer[] {
  if (route === undefined) return [];
  if (route.answer !== undefined) return [{ form: formNamed(route.answer.mediaType), route }];
  const rows = route.rows && messageOf(route.rows);
  const desc = rows ?? route.shown.desc;
  const feature = route.acknowledgement === undefined && isFeature(desc);
  const forms: Form[] = ["json"];
  if (feature) forms.push("geojson");
  if (rows) forms.push("csv");
  if (feature) forms.push(...EDITOR_FORMS);
  if (feature && !rows && !route.shown.list) forms.push("links");
  return forms.map((form) => ({ form, route }));
}

/** The form of bytes that a service answers with. */
function formNamed(mediaType: string): Form {
  const form = (Object.keys(MEDIA_TYPES) as Form[]).find((it) => MEDIA_TYPES[it] === mediaType);
  if (form === undefined) throw new Error(`No form has the media type ${mediaType}`);
  return form;
}

function streamOffers(route: Route | undefined): Offer[] {
  if (route === undefined) return [];
  const forms: Form[] = [];
  const feature = isFeature(route.shown.desc);
  if (feature) forms.push("geojson");
  // A list ends, so it can be a file.
  const whole = route.position === undefined && route.shown.list;
  if (whole) forms.push("csv");
  if (whole && feature) forms.push(...EDITOR_FORMS);
  if (route.position !== undefined) forms.push("sse");
  forms.push("ndjson");
  // The elements of a list are no events; the states of one document are, also where none can be resumed after.
  if (route.position === undefined && !route.shown.list) forms.push("sse");
  return forms.map((form) => ({ form, route }));
}

/** Chooses among the forms of a resource by the parameter `f`, else by Accept. Refuses with NOT_ACCEPTABLE. */
export function negotiate(endpoint: Endpoint, accept: string | undefined, f: string | undefined): Offer {
  const { offers, types, byAccept } = formsOf(endpoint);
  const remembered = f === undefined ? byAccept.get(accept ?? "") : undefined;
  if (remembered !== undefined) return remembered;
  const chosen = f === undefined ? offers[preferred(accept, types)] : offers.find((it) => it.form === f);
  if (chosen === undefined) {
    throw refuseHttp(Reason.NOT_ACCEPTABLE, {
      metadata: { available: types.join(", ") },
      detail: `Available representations: ${types.join(", ")}`,
    });
  }
  const { length } = accept ?? "";
  if (f === undefined && length <= ACCEPT_MAX_LENGTH && byAccept.size < ACCEPT_REMEMBERED_MAX)
    byAccept.set(accept ?? "", chosen);
  return chosen;
}

/** Parameters of a media range other than its weight: each form is sent in one charset, whatever is asked for. */
const PARAMETERS = /;(?!\s*q=)[^;,]*/gi;

/**
 * The index of the media type that Accept prefers, -1 for none. Of those with the same weight, it is the one that Accept names
 * itself, and names first; without such, the first type.
 */
export function preferred(accept: string | undefined, types: readonly string[]): number {
  if (accept === undefined || accept.trim() === "" || accept === "*/*") return 0;
  const headers = { accept: accept.replaceAll(PARAMETERS, "") };
  const best = new Negotiator({ headers }).mediaType([...types]);
  return best === undefined ? -1 : types.indexOf(best);
}
