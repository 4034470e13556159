import { PbfWriter } from "pbf";
import { EXTENT } from "./frame.ts";

/** The media type of a tile. */
export const TILE_MEDIA_TYPE = "application/vnd.mapbox-vector-tile";

/** What a feature is drawn as. */
export const FEATURE_TYPE = { point: 1, polygon: 3 } as const;

/** The attributes of a feature: name, value, name, value, … Those that are undefined are absent. */
export type Attributes = readonly (string | number | boolean | undefined)[];

const VERSION = 2;
/** The numbers of the fields of the format. */
const TILE = { layers: 3 } as const;
const LAYER = { name: 1, features: 2, keys: 3, values: 4, extent: 5, version: 15 } as const;
const FEATURE = { id: 1, tags: 2, type: 3, geometry: 4 } as const;
const VALUE = { string: 1, double: 3, unsigned: 5, signed: 6, bool: 7 } as const;

interface Feature {
  id: number;
  type: number;
  tags: number[];
  commands: number[];
}

/** Writes one layer of a Mapbox Vector Tile. */
export class LayerWriter {
  readonly #name: string;
  readonly #features = new PbfWriter();
  readonly #keys = new Map<string, number>();
  readonly #values = new Map<string | number | boolean, number>();
  readonly #tags: number[] = [];
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** How many features it has. */
  get count(): number {
    return this.#count;
  }

  /** How many bytes its features take. */
  get bytes(): number {
    return this.#features.pos;
  }

  /** Adds a feature. 0 is no id. */
  add(id: number, type: number, commands: number[], attributes: Attributes): void {
    const tags = this.#tags;
    tags.length = 0;
    for (let at = 0; at < attributes.length; at += 2) {
      const value = attributes[at + 1];
      if (value === undefined) continue;
      tags.push(placeOf(this.#keys, attributes[at] as string), placeOf(this.#values, value));
    }
    this.#features.writeMessage(LAYER.features, writeFeature, { id, type, tags, commands });
    this.#count += 1;
  }

  /** Writes the layer, which ends with it. */
  finish(): Uint8Array {
    const layer = new PbfWriter();
    layer.writeVarintField(LAYER.version, VERSION);
    layer.writeStringField(LAYER.name, this.#name);
    layer.writeVarintField(LAYER.extent, EXTENT);
    for (const key of this.#keys.keys()) layer.writeStringField(LAYER.keys, key);
    for (const value of this.#values.keys()) layer.writeMessage(LAYER.values, writeValue, value);
    return Buffer.concat([layer.finish(), this.#features.finish()]);
  }
}

/** A tile of these layers; those without features are left out. */
export function tileOf(layers: readonly LayerWriter[]): Buffer {
  const tile = new PbfWriter();
  for (const layer of layers) if (layer.count > 0) tile.writeBytesField(TILE.layers, layer.finish());
  return Buffer.from(tile.finish());
}

function placeOf<T>(places: Map<T, number>, value: T): number {
  let place = places.get(value);
  if (place === undefined) {
    place = places.size;
    places.set(value, place);
  }
  return place;
}

function writeFeature({ id, type, tags, commands }: Feature, pbf: PbfWriter): void {
  if (id > 0) pbf.writeVarintField(FEATURE.id, id);
  pbf.writePackedVarint(FEATURE.tags, tags);
  pbf.writeVarintField(FEATURE.type, type);
  pbf.writePackedVarint(FEATURE.geometry, commands);
}

function writeValue(value: string | number | boolean, pbf: PbfWriter): void {
  if (typeof value === "string") pbf.writeStringField(VALUE.string, value);
  else if (typeof value === "boolean") pbf.writeBooleanField(VALUE.bool, value);
  else if (!Number.isInteger(value)) pbf.writeDoubleField(VALUE.double, value);
  else if (value < 0) pbf.writeSVarintField(VALUE.signed, value);
  else pbf.writeVarintField(VALUE.unsigned, value);
}
