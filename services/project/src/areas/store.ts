import { create, fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  AreaFaultSchema,
  AreaFormat,
  type AreaUpload,
  AreaUploadSchema,
} from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** How long an upload is there, in hours. */
const KEPT_HOURS = 24;
/** The most bytes of areas on a page, beyond the first upload's. */
const PAGE_AREA_BYTES = 2 * 1024 * 1024;
/** The most rows deleted in one statement. */
const FORGOTTEN_MAX = 500;

/** An upload that is to be written: a document without what the database sets. */
export type NewUpload = Omit<
  AreaUpload,
  "$typeName" | "areaUploadId" | "createTime" | "expireTime" | "revision" | "faultCount"
>;

type UploadRow = Pick<
  AreaUpload,
  | "areaUploadId"
  | "fileName"
  | "mediaType"
  | "format"
  | "polygonCount"
  | "ringCount"
  | "vertexCount"
  | "notes"
  | "faultCount"
> & {
  sizeBytes: bigint;
  sha256: string;
  faults: JsonValue[];
  area: Uint8Array | null;
  areaSquareKilometres: number | null;
  west: number;
  south: number;
  east: number;
  north: number;
  longitude: number;
  latitude: number;
  countries: string[];
  createTime: Date;
  expireTime: Date;
};

/** What is stored of uploads. */
export function areaUploadStore(sql: Sql) {
  return {
    /** How many somebody has, and in how many milliseconds the oldest of them is forgotten. */
    async count(userId: bigint): Promise<{ count: number; oldestMs: number }> {
      const [row] = await sql<{ count: number; oldestMs: number }[]>`
        select count(*)::integer as count,
          coalesce(greatest(ceil(extract(epoch from min(expire_time) - clock_timestamp()) * 1000), 1), 0)::float8
            as "oldestMs"
        from area_uploads where user_id = ${userId} and expire_time > clock_timestamp()`;
      return row ?? { count: 0, oldestMs: 0 };
    },

    /** Somebody's uploads before a number (0 for all), the newest first, and whether there are more after them. */
    async list(
      userId: bigint,
      { before, limit, fields }: { before: bigint; limit: number; fields: ReadonlySet<string> },
    ): Promise<{ areaUploads: AreaUpload[]; more: boolean }> {
      const withArea = fields.has("area");
      const rows = await sql<(UploadRow & { found: number })[]>`
        select ${columns(sql)}, found,
          ${withArea ? sql`area` : sql`null::bytea as area`},
          ${fields.has("faults") ? sql`faults` : sql`'[]'::jsonb as faults`}
        from (
          select id, count(*) over ()::integer as found, sum(bytes) over (order by id desc) - bytes as bytes_before
          from (
            select area_upload_id as id, ${withArea ? sql`coalesce(octet_length(area), 0)` : sql`0`} as bytes
            from area_uploads
            where user_id = ${userId} and expire_time > clock_timestamp()
              and (${before}::bigint = 0 or area_upload_id < ${before}::bigint)
            order by area_upload_id desc limit ${limit + 1}
          ) as asked
        ) as measured join area_uploads on area_upload_id = id
        where bytes_before < ${PAGE_AREA_BYTES}
        order by area_upload_id desc limit ${limit}`;
      const more = (rows[0]?.found ?? 0) > rows.length;
      return { areaUploads: rows.map(({ found: _, ...row }) => uploadOf(row)), more };
    },

    /** Undefined for one that is not there, that is another's, or that has expired. */
    async find(areaUploadId: bigint, userId: bigint): Promise<AreaUpload | undefined> {
      const [row] = await sql<UploadRow[]>`
        select ${columns(sql)}, area, faults
        from area_uploads
        where area_upload_id = ${areaUploadId} and user_id = ${userId} and expire_time > clock_timestamp()`;
      return row && uploadOf(row);
    },
  };
}

function columns(sql: Sql) {
  return sql`
    area_upload_id as "areaUploadId", file_name as "fileName", media_type as "mediaType", size_bytes as "sizeBytes",
    encode(sha256, 'hex') as sha256, format, polygons as "polygonCount", rings as "ringCount", vertices as "vertexCount", jsonb_array_length(faults) as "faultCount",
    notes, area_square_kilometres as "areaSquareKilometres", west, south, east, north, longitude, latitude, countries,
    create_time as "createTime", expire_time as "expireTime"`;
}

/** Deletes an upload; returns whether there was one. */
export async function deleteUpload(
  tx: TransactionSql,
  areaUploadId: bigint,
  userId: bigint,
): Promise<boolean> {
  const { count } = await tx`
    delete from area_uploads
    where area_upload_id = ${areaUploadId} and user_id = ${userId} and expire_time > clock_timestamp()`;
  return count === 1;
}

/**
 * Adds an upload and returns its number. Undefined, with nothing added, if its sender has `most` of them, or if another of
 * the same sender took the slot meanwhile.
 */
export async function insertUpload(
  tx: TransactionSql,
  userId: bigint,
  upload: NewUpload,
  { now, most }: { now: Date; most: number },
): Promise<bigint | undefined> {
  await tx`delete from area_uploads where user_id = ${userId} and expire_time <= ${now}`;
  const [free] = await tx<{ slot: number }[]>`
    select slot from generate_series(1, ${most}::integer) as slot
    where not exists (select from area_uploads taken where user_id = ${userId} and taken.slot = slot.slot)
    order by slot limit 1`;
  if (free === undefined) return undefined;
  const row = { ...rowOf(tx, upload), user_id: userId, slot: free.slot, create_time: now };
  const expireTime = new Date(now.getTime() + KEPT_HOURS * 3_600_000);
  const [added] = await tx<{ id: bigint }[]>`
    insert into area_uploads ${tx({ ...row, expire_time: expireTime } as never)}
    on conflict (user_id, slot) do nothing
    returning area_upload_id as id`;
  return added?.id;
}

/** Deletes some of the uploads that have expired; returns how many. */
export async function forgetUploads(sql: Sql): Promise<number> {
  const { count } = await sql`
    delete from area_uploads where area_upload_id in (
      select area_upload_id from area_uploads where expire_time <= now() limit ${FORGOTTEN_MAX})`;
  return count;
}

function rowOf(tx: TransactionSql, upload: NewUpload) {
  const { area, boundingBox, centroid } = upload;
  return {
    file_name: upload.fileName ?? "",
    media_type: upload.mediaType ?? "",
    size_bytes: upload.sizeBytes,
    sha256: Buffer.from(upload.sha256, "hex"),
    format: upload.format ?? AreaFormat.UNSPECIFIED,
    polygons: upload.polygonCount,
    rings: upload.ringCount,
    vertices: upload.vertexCount,
    faults: tx.json(upload.faults.map((it) => toJson(AreaFaultSchema, it) as never)),
    notes: upload.notes,
    area: area === undefined ? null : toBinary(MultiPolygonSchema, area, { writeUnknownFields: false }),
    area_square_kilometres: upload.areaSquareKilometres ?? null,
    west: boundingBox?.west ?? null,
    south: boundingBox?.south ?? null,
    east: boundingBox?.east ?? null,
    north: boundingBox?.north ?? null,
    longitude: centroid?.longitude ?? null,
    latitude: centroid?.latitude ?? null,
    countries: upload.countries,
  };
}

function uploadOf(row: UploadRow): AreaUpload {
  const { area, faults, west, south, east, north, longitude, latitude, ...rest } = row;
  const { createTime, expireTime, areaSquareKilometres, format, fileName, mediaType, ...fields } = rest;
  return create(AreaUploadSchema, {
    ...fields,
    format: format || undefined,
    fileName: fileName || undefined,
    mediaType: mediaType || undefined,
    faults: faults.map((it) => fromJson(AreaFaultSchema, it)),
    createTime: timestampFromDate(createTime),
    expireTime: timestampFromDate(expireTime),
    revision: 1n,
    ...(area && { area: fromBinary(MultiPolygonSchema, area) }),
    ...(areaSquareKilometres && {
      areaSquareKilometres,
      boundingBox: { west, south, east, north },
      centroid: { longitude, latitude },
    }),
  });
}
