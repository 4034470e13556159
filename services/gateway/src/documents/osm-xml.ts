import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type EditorFeature, polygonsOf } from "./editor-feature.ts";
import { placeAttributes, XML_DECLARATION, xmlText } from "./xml-text.ts";

/** No editor sends any of it to OpenStreetMap: these are areas to work in, and nothing on the ground. */
export const OSM_OPENING = `${XML_DECLARATION}<osm version="0.6" generator="Tessera" upload="never">\n`;
export const OSM_CLOSING = "</osm>\n";

/** The most nodes of a way, as OpenStreetMap has it. A longer ring is several ways. */
const WAY_NODES_MAX = 2_000;
/** The longest value of a tag, as OpenStreetMap has it. */
const VALUE_LENGTH_MAX = 255;
/** The last places whose nodes are used again by the areas that follow: enough for neighbours in the row above. */
const SHARED_NODES_MAX = 20_000;

/** Writes documents as one OSM XML 0.6. */
export function osmText(features: readonly EditorFeature[]): string {
  return OSM_OPENING + features.map(osmElements()).join("") + OSM_CLOSING;
}

/** Writes documents one after the other as elements of one OSM XML 0.6. It counts their ids, so each file has its own. */
export type WriteElements = (feature: EditorFeature) => string;

/**
 * Makes the writer of one file. An area is a closed way, or a multipolygon if it has holes, several parts or a ring that is too
 * long for one way. A document without an area is a node at its point; one without either is left out. Every element stands
 * behind those that it refers to.
 */
export function osmElements(): WriteElements {
  const shared = new Map<string, number>();
  const last = { node: 0, way: 0, relation: 0 };
  return (feature) => {
    const { area, point } = feature;
    const tags = tagsOf(feature);
    if (area !== undefined && area.polygonLengths.length > 0) return areaElements(area, tags);
    if (point === undefined) return "";
    last.node--;
    return `<node id="${last.node}" ${placeAttributes(point.longitude, point.latitude)}>${tags}</node>\n`;
  };

  function areaElements(area: MultiPolygon, tags: string): string {
    const polygons = polygonsOf(area);
    const [first, ...others] = polygons;
    let text = "";
    if (others.length === 0 && first?.length === 1 && (first[0] as number[]).length <= 2 * WAY_NODES_MAX) {
      const nodes = nodesOf(first[0] as number[]);
      return nodes.text + wayText(nodes.ids, `<tag k="area" v="yes"/>${tags}`);
    }
    let members = "";
    for (const rings of polygons) {
      for (const [place, ring] of rings.entries()) {
        const nodes = nodesOf(ring);
        text += nodes.text;
        for (let start = 0; start < nodes.ids.length - 1; start += WAY_NODES_MAX - 1) {
          text += wayText(nodes.ids.slice(start, start + WAY_NODES_MAX), "");
          members += `<member type="way" ref="${last.way}" role="${place === 0 ? "outer" : "inner"}"/>`;
        }
      }
    }
    last.relation--;
    return `${text}<relation id="${last.relation}">${members}<tag k="type" v="multipolygon"/>${tags}</relation>\n`;
  }

  /** The nodes of a ring: those that are new as text, and the ids of all. */
  function nodesOf(ring: readonly number[]): { text: string; ids: number[] } {
    let text = "";
    const ids: number[] = [];
    for (let at = 0; at < ring.length; at += 2) {
      const place = placeAttributes(ring[at] as number, ring[at + 1] as number);
      let id = shared.get(place);
      if (id === undefined) {
        id = --last.node;
        shared.set(place, id);
        text += `<node id="${id}" ${place}/>\n`;
      }
      // Two positions that round to one place are one node.
      if (ids.at(-1) !== id) ids.push(id);
    }
    return { text, ids };
  }

  function wayText(nodes: readonly number[], tags: string): string {
    last.way--;
    for (const oldest of shared.keys()) {
      if (shared.size <= SHARED_NODES_MAX) break;
      shared.delete(oldest);
    }
    return `<way id="${last.way}">${nodes.map((id) => `<nd ref="${id}"/>`).join("")}${tags}</way>\n`;
  }
}

function tagsOf({ title, summary, tags }: EditorFeature): string {
  const texts = [["name", title] as const, ["description", summary] as const, ...tags];
  return texts
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `<tag k="${xmlText(key)}" v="${xmlText(shortened(value))}"/>`)
    .join("");
}

function shortened(text: string): string {
  if (text.length <= VALUE_LENGTH_MAX) return text;
  return `${text.slice(0, VALUE_LENGTH_MAX - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
