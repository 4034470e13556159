import { readPolygon } from "@tessera/geometry/areas/area-reading.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { FileFault } from "./file-fault.ts";
import type { FileReading } from "./file-reading.ts";
import { joinWays } from "./join-ways.ts";
import { type LooseRing, ringsToPolygons } from "./rings-to-polygons.ts";
import { positionOf, type XmlElement, type XmlReader } from "./xml.ts";

/** Roles of members that are no part of the border. */
const BESIDE = new Set(["admin_centre", "admin_center", "label", "subarea", "capital"]);

interface Element {
  id: string;
  path: string;
  tags: Record<string, string>;
}

interface Node extends Element {
  position: number[];
}

interface Way extends Element {
  nodes: string[];
}

interface Relation extends Element {
  members: { type: string; way: string; role: string }[];
}

/** What an OSM document has. */
interface Document {
  nodes: Map<string, Node>;
  ways: Map<string, Way>;
  relations: Relation[];
}

/** Reads the closed ways and the multipolygon relations of an OSM document. What is deleted in it is not there. */
export function osmReader(reading: FileReading): XmlReader {
  const document: Document = { nodes: new Map(), ways: new Map(), relations: [] };
  let current: Node | Way | Relation | undefined;
  return {
    open({ name, attributes }: XmlElement) {
      if (name === "node" || name === "way" || name === "relation") {
        current = begin(document, name, attributes);
      } else if (current === undefined) return;
      else if (name === "tag") current.tags[attributes.k ?? ""] = attributes.v ?? "";
      else if (name === "nd" && "nodes" in current) current.nodes.push(attributes.ref ?? "");
      else if (name === "member" && "members" in current) {
        const { type = "", ref = "", role = "" } = attributes;
        current.members.push({ type, way: ref, role });
      }
    },
    close({ name }: XmlElement) {
      if (name === "node" || name === "way" || name === "relation") current = undefined;
    },
    end: () => readDocument(reading, document),
  };
}

function begin(
  { nodes, ways, relations }: Document,
  name: "node" | "way" | "relation",
  { id = "", lat, lon, action, visible }: XmlElement["attributes"],
): Node | Way | Relation | undefined {
  if (action === "delete" || visible === "false") return undefined;
  const element = { id, path: `/osm/${name}[@id=${id}]`, tags: {} };
  if (name === "node") {
    const node = { ...element, position: positionOf(lon, lat) };
    nodes.set(id, node);
    return node;
  }
  if (name === "way") {
    const way = { ...element, nodes: [] };
    ways.set(id, way);
    return way;
  }
  const relation = { ...element, members: [] };
  relations.push(relation);
  return relation;
}

function readDocument(reading: FileReading, document: Document): void {
  const { nodes, ways, relations } = document;
  const inWays = new Set<string>();
  const inRelations = new Set<string>();
  for (const relation of relations) {
    for (const { type, way } of relation.members) {
      if (type === "way") inRelations.add(way);
      else if (type === "node") inWays.add(way);
    }
    readRelation(reading, document, relation);
  }
  for (const way of ways.values()) {
    for (const node of way.nodes) inWays.add(node);
    if (inRelations.has(way.id)) continue;
    const ring = { nodes: way.nodes, path: `${way.path}/nd` };
    const positions = positionsOf(reading, document, ring);
    if (positions) readPolygon(reading, [positions], way.path, () => ring.path);
  }
  for (const { id, path, tags } of nodes.values()) {
    const lonely = Object.keys(tags).length > 0 && !inWays.has(id);
    if (lonely)
      reading.report(new GeometryFault("type-not-taken", path, undefined, "a node with tags, on no way"));
  }
}

function readRelation(reading: FileReading, document: Document, { path, tags, members }: Relation): void {
  if (tags.type !== "multipolygon" && tags.type !== "boundary") {
    reading.report(
      new GeometryFault("type-not-taken", path, undefined, `relation of type ${tags.type ?? "none"}`),
    );
    return;
  }
  const rings: Record<"outer" | "inner", LooseRing[]> = { outer: [], inner: [] };
  for (const role of ["outer", "inner"] as const) {
    const chains: string[][] = [];
    for (const [index, member] of members.entries()) {
      // A way without a role is an outer one.
      if (member.type !== "way" || BESIDE.has(member.role)) continue;
      if ((member.role === "inner" ? "inner" : "outer") !== role) continue;
      const way = document.ways.get(member.way);
      if (way === undefined) {
        missing(reading, `${path}/member/${index}`, `way ${member.way}`);
        return;
      }
      chains.push(way.nodes);
    }
    for (const [index, nodes] of joinWays(chains).entries()) {
      const ring = { nodes, path: `${path}/${role}/${index}` };
      const positions = positionsOf(reading, document, ring);
      if (positions === undefined) return;
      rings[role].push({ positions, path: ring.path });
    }
  }
  if (rings.outer.length === 0) reading.report(new GeometryFault("polygon-empty", path));
  for (const polygon of ringsToPolygons(rings.outer, rings.inner)) {
    readPolygon(
      reading,
      polygon.map((it) => it.positions),
      path,
      (ring) => polygon[ring]?.path ?? path,
    );
  }
}

/** Where the nodes of a ring are; undefined if one is not there. */
function positionsOf(
  reading: FileReading,
  { nodes }: Document,
  ring: { nodes: readonly string[]; path: string },
): number[][] | undefined {
  reading.countPositions(ring.nodes.length);
  const positions: number[][] = [];
  for (const [index, id] of ring.nodes.entries()) {
    const node = nodes.get(id);
    if (node === undefined) {
      missing(reading, `${ring.path}/${index}`, `node ${id}`);
      return undefined;
    }
    positions.push(node.position);
  }
  return positions;
}

function missing(reading: FileReading, path: string, part: string): void {
  reading.report(new FileFault("part-missing", path, `no ${part}`));
}
