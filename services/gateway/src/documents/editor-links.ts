import { type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { boundingBoxAround } from "@tessera/geometry/areas/bounding-box.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { type Caller, callUnary, type TransportFor } from "../call.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { publicUrl } from "../public-url.ts";
import { fieldValue } from "../requests/field-value.ts";
import { messageForPath } from "../requests/transcode.ts";
import type { Route } from "../routes/route.ts";
import { matchRoute, type RouteTable } from "../routes/route-table.ts";
import { type EditorFeature, editorFeatureReader } from "./editor-feature.ts";
import { contentType } from "./negotiate.ts";
import { readerOf } from "./wire-json.ts";

/** JOSM's remote control: the port of every JOSM, on the machine of the person who follows the link. */
const JOSM = "http://127.0.0.1:8111";
/** iD, as openstreetmap.org offers it to everybody. */
const ID = "https://www.openstreetmap.org/edit?editor=id";
/** How far around a place without an area an editor looks, in degrees: about a street. */
const AROUND_DEGREES = 0.001;
/** The zoom levels of iD, and the pixels of a window: an area fills about one of these. */
const ZOOM_MAX = 20;
const WINDOW_TILES = 4;
/** At most this many documents above are looked at for texts. */
const ABOVE_MAX = 4;
const DECIMALS = 6;

/** What editors write into a changeset, and the imagery to map from. */
interface EditTexts {
  comment: string;
  hashtags: readonly string[];
  imagery: string;
}

interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

interface LinksDeps {
  table: RouteTable;
  transportFor: TransportFor;
}

/** The links by which editors open a document with an area (RFC 9264): JOSM on this machine, and iD. */
export async function linksReply(
  deps: LinksDeps,
  exchange: Exchange,
  route: Route,
  response: Message,
  caller: Caller,
): Promise<Reply> {
  const { desc, field } = route.shown;
  const document = field === undefined ? response : (fieldValue(response, field) as Message);
  const reader = readerOf(desc, document);
  const feature = editorFeatureReader(desc, field)(reader, reader.bytes.length);
  const texts = textsIn(desc, document) ?? (await textsAbove(deps, exchange.path, caller));
  const anchor = `${publicUrl(exchange)}${exchange.path}`;
  const box = boxOf(feature);
  const links = box === undefined ? [] : linksOf(feature, box, anchor, texts);
  const alternates = (["gpx", "osm", "geojson"] as const).map((form) => ({
    href: `${anchor}?f=${form}`,
    type: contentType(form),
  }));
  const body = JSON.stringify({ linkset: [{ anchor, edit: links, alternate: alternates }] });
  return {
    status: 200,
    headers: {
      "Content-Type": contentType("links"),
      "Cache-Control": "private, no-cache",
      Vary: "Accept, Authorization",
    },
    body,
  };
}

function linksOf(
  { title }: EditorFeature,
  box: Box,
  anchor: string,
  { comment, hashtags, imagery }: EditTexts,
) {
  const { west, south, east, north } = box;
  const josm = (command: string, parameters: Record<string, string>) =>
    `${JOSM}/${command}?${queryOf(parameters)}`;
  const file = `${anchor}?f=osm#/${encodeURIComponent(title)}.osm`;
  const template = imagery.includes("{") ? imagery.replaceAll("{z}", "{zoom}") : "";
  return [
    {
      href: josm("load_and_zoom", {
        left: degrees(west),
        right: degrees(east),
        top: degrees(north),
        bottom: degrees(south),
        changeset_comment: comment,
        changeset_hashtags: hashtags.join(";"),
        layer_name: title,
      }),
      title: "JOSM: the map data of the area",
    },
    {
      href: josm("import", { new_layer: "true", layer_name: title, upload_policy: "never", url: file }),
      title: "JOSM: the outline",
    },
    ...(imagery === ""
      ? []
      : [
          {
            href: josm("imagery", template === "" ? { id: imagery } : { title, type: "tms", url: template }),
            title: "JOSM: the imagery",
          },
        ]),
    {
      href: `${ID}#${queryOf({
        map: `${zoomOf(box)}/${degrees((south + north) / 2)}/${degrees(middleOf(west, east))}`,
        gpx: `${anchor}?f=gpx`,
        comment,
        hashtags: hashtags.join(","),
        background: imagery.includes("{") ? `custom:${imagery}` : imagery,
      })}`,
      title: "iD",
    },
  ];
}

/** Parameters with a value. Spaces are %20: neither editor reads "+". */
function queryOf(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

/** Where editors look. JOSM takes no box across 180°: it gets the larger side. */
function boxOf({ area, point }: EditorFeature): Box | undefined {
  if (area !== undefined && area.polygonLengths.length > 0) {
    const box = boundingBoxAround(area);
    if (box.west <= box.east) return box;
    return 180 - box.west >= box.east + 180 ? { ...box, east: 180 } : { ...box, west: -180 };
  }
  if (point === undefined) return undefined;
  const { longitude, latitude } = point;
  return {
    west: longitude - AROUND_DEGREES,
    south: latitude - AROUND_DEGREES,
    east: longitude + AROUND_DEGREES,
    north: latitude + AROUND_DEGREES,
  };
}

function zoomOf({ west, south, east, north }: Box): number {
  const widest = Math.max(east - west, north - south, Number.EPSILON);
  return Math.max(1, Math.min(ZOOM_MAX, Math.floor(Math.log2((360 * WINDOW_TILES) / widest))));
}

function middleOf(west: number, east: number): number {
  return (west + east) / 2;
}

function degrees(value: number): string {
  return value.toFixed(DECIMALS);
}

/** The texts of a document that has fields for them. */
function textsIn(desc: DescMessage, document: Message): EditTexts | undefined {
  const comment = fieldWithRole(desc, FieldRole.EDIT_COMMENT);
  const hashtags = fieldWithRole(desc, FieldRole.EDIT_HASHTAGS);
  const imagery = fieldWithRole(desc, FieldRole.EDIT_IMAGERY);
  if (comment === undefined && hashtags === undefined && imagery === undefined) return undefined;
  const textOf = (field: typeof comment) =>
    field?.scalar === ScalarType.STRING ? (fieldValue(document, field) as string) : "";
  return {
    comment: textOf(comment),
    hashtags: hashtags === undefined ? [] : (fieldValue(document, hashtags) as string[]),
    imagery: textOf(imagery),
  };
}

const NO_TEXTS: EditTexts = { comment: "", hashtags: [], imagery: "" };

/** The texts of the nearest document above in the path that has them, and that the caller may read; none, without such. */
async function textsAbove(
  { table, transportFor }: LinksDeps,
  path: string,
  caller: Caller,
): Promise<EditTexts> {
  const parts = path.split("/");
  for (let length = parts.length - 1; length > Math.max(2, parts.length - 1 - ABOVE_MAX); length--) {
    const texts = await textsAt({ table, transportFor }, parts.slice(0, length).join("/"), caller).catch(
      () => undefined,
    );
    if (texts !== undefined) return texts;
  }
  return NO_TEXTS;
}

async function textsAt(
  { table, transportFor }: LinksDeps,
  path: string,
  caller: Caller,
): Promise<EditTexts | undefined> {
  const { endpoint, segments } = matchRoute(table, "GET", path);
  const route = endpoint.unary;
  if (
    route === undefined ||
    route.shown.list ||
    fieldWithRole(route.shown.desc, FieldRole.EDIT_COMMENT) === undefined
  )
    return undefined;
  const { desc, field } = route.shown;
  const response = await callUnary(transportFor, route, messageForPath(route, segments), caller);
  const document = field === undefined ? response : (fieldValue(response, field) as Message | undefined);
  return document && textsIn(desc, document);
}
