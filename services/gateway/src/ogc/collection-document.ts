import { create, type DescField, type DescMessage, type Message } from "@bufbuild/protobuf";
import { type BoundingBox, BoundingBoxSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { fieldValue } from "../requests/field-value.ts";
import { messageOf } from "../routes/geometry-field.ts";
import type { Link } from "./answer.ts";
import type { Collection, Each } from "./collection.ts";
import { CRS84 } from "./crs.ts";

/** The whole world. */
const WORLD = [-180, -90, 180, 90];

/** What describes a collection to programs for maps. `row` is the one below which it lies. */
export function collectionDocument(base: string, { id, kind }: Collection, row?: Message): object {
  const { rules, each } = kind;
  const url = `${base}/ogc/collections/${encodeURIComponent(id)}`;
  const schema = {
    href: `${url}/schema`,
    type: "application/schema+json",
    title: "The properties of its features",
  };
  const links: Link[] = [
    { href: url, rel: "self", type: "application/json" },
    { href: `${url}/items`, rel: "items", type: "application/geo+json", title: "Its features" },
    { ...schema, rel: "describedby" },
    // GDAL 3.6 looks for this spelling.
    { ...schema, rel: "describedBy" },
  ];
  return {
    id,
    title: each && row ? titled(rules.title, each.kind.desc, row) : rules.title,
    description: rules.description,
    itemType: "feature",
    extent: { spatial: { bbox: [(row && boxOf(row, each)) ?? WORLD], crs: CRS84 } },
    crs: [CRS84],
    links,
  };
}

/** A title, in which the field of the row stands for its name in braces. */
function titled(title: string, desc: DescMessage, row: Message): string {
  return title.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const field = desc.fields.find((it) => it.name === name);
    return field === undefined ? "" : String(fieldValue(row, field) ?? "");
  });
}

/** The box of a row, if it has one. */
function boxOf(row: Message, each: Each | undefined): number[] | undefined {
  const field = each?.kind.desc.fields.find((it: DescField) => messageOf(it) === BoundingBoxSchema);
  const box = field && (fieldValue(row, field) as BoundingBox | undefined);
  if (box === undefined) return undefined;
  const { west = 0, south = 0, east = 0, north = 0 } = create(BoundingBoxSchema, box);
  return [west, south, east, north];
}
