import { insidePoint } from "@tessera/geometry/areas/inside-point.ts";
import { type EditorFeature, polygonsOf } from "./editor-feature.ts";
import { placeAttributes, XML_DECLARATION, xmlText } from "./xml-text.ts";

export const GPX_OPENING = `${XML_DECLARATION}<gpx version="1.1" creator="Tessera" xmlns="http://www.topografix.com/GPX/1/1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd">\n`;
export const GPX_CLOSING = "</gpx>\n";

/**
 * Writes documents as one GPX 1.1: each a waypoint, which maps label, and its outline a track with a segment for each ring. A
 * document without an area is a waypoint at its point; one without either is left out.
 */
export function gpxText(features: readonly EditorFeature[]): string {
  const waypoints = features.map(waypointText).join("");
  const tracks = features.map((it) => (it.area === undefined ? "" : trackText(it))).join("");
  return GPX_OPENING + waypoints + tracks + GPX_CLOSING;
}

/**
 * Writes a document of a stream as a track. GPX has all waypoints before its tracks, so a stream has none: a document without
 * an area is a track of one point.
 */
export function trackText(feature: EditorFeature): string {
  const { area, point, id } = feature;
  const rings = area === undefined ? [] : polygonsOf(area).flat();
  if (area === undefined && point !== undefined) rings.push([point.longitude, point.latitude]);
  if (rings.length === 0) return "";
  const number = /^\d+$/.test(id) ? `<number>${id}</number>` : "";
  return `<trk>${textsOf(feature)}${number}${typeOf(feature)}${rings.map(segmentText).join("")}</trk>\n`;
}

function waypointText(feature: EditorFeature): string {
  const { area } = feature;
  const place = feature.point ?? (area && area.polygonLengths.length > 0 ? insidePoint(area) : undefined);
  if (place === undefined) return "";
  return `<wpt ${gpxPlace(place.longitude, place.latitude)}>${textsOf(feature)}${typeOf(feature)}</wpt>\n`;
}

/** The name, and what it is: in the words of its summary, or else of its tags. */
function textsOf({ title, summary, tags }: EditorFeature): string {
  const described =
    summary || tags.map(([key, value]) => `${key.slice(key.indexOf(":") + 1)} ${value}`).join(", ");
  return `<name>${xmlText(title)}</name>${described === "" ? "" : `<desc>${xmlText(described)}</desc>`}`;
}

function typeOf({ kind }: EditorFeature): string {
  return `<type>${xmlText(kind)}</type>`;
}

function segmentText(ring: number[]): string {
  let points = "";
  for (let at = 0; at < ring.length; at += 2)
    points += `<trkpt ${gpxPlace(ring[at] as number, ring[at + 1] as number)}/>`;
  return `<trkseg>${points}</trkseg>`;
}

/** The largest longitude of GPX, which has no 180: a centimetre west of it. */
const LONGITUDE_MAX = 179.9999999;

function gpxPlace(longitude: number, latitude: number): string {
  return placeAttributes(Math.min(longitude, LONGITUDE_MAX), latitude);
}
