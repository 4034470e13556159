import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureOf, refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { found, upload } from "../testing/upload.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem({ AREA_UPLOADS_PER_PERSON: 6 });
});

afterAll(() => system.stop());

const SQUARE = '{"type":"Polygon","coordinates":[[[10,20],[10.1,20],[10.1,20.1],[10,20.1],[10,20]]]}';

test("what was found in a file is there for its sender, measured, and for nobody else", async () => {
  const { areas } = system;
  const beginner = system.as("beginner");
  const document = await found(areas, SQUARE, beginner);
  expect(document).toMatchObject({
    format: AreaFormat.GEOJSON,
    fileName: "area",
    sizeBytes: BigInt(SQUARE.length),
    sha256: createHash("sha256").update(SQUARE).digest("hex"),
    polygonCount: 1,
    ringCount: 1,
    vertexCount: 4,
    boundingBox: { west: 10, south: 20, east: 10.1, north: 20.1 },
    countries: ["NE"],
    faults: [],
    notes: [],
    revision: 1n,
  });
  expect(document.areaSquareKilometres).toBeCloseTo(116.2, 0);
  expect(document.centroid?.longitude).toBeCloseTo(10.05);
  expect(document.centroid?.latitude).toBeCloseTo(20.05);
  const hours =
    (timestampMs(document.expireTime as never) - timestampMs(document.createTime as never)) / 3_600_000;
  expect(hours).toBe(24);
  const { areaUploadId } = document;
  const other = await refusalOf(areas.getAreaUpload({ areaUploadId }, system.as("advanced")));
  const absent = await refusalOf(areas.getAreaUpload({ areaUploadId: 999_999n }, beginner));
  expect(other.reason).toBe("AREA_UPLOAD_NOT_FOUND");
  expect({ ...other, metadata: {} }).toEqual({ ...absent, metadata: {} });
});

test("the same upload again is answered as the first was; with another file it is refused", async () => {
  const intermediate = system.as("intermediate");
  const requestId = randomUUID();
  const first = await upload(system.areas, SQUARE, intermediate, { requestId });
  const again = await upload(system.areas, SQUARE, intermediate, { requestId, chunkBytes: 10 });
  expect(again).toEqual({ areaUploadId: first.areaUploadId, replayed: true });
  const other = upload(system.areas, `${SQUARE} `, intermediate, { requestId });
  expect((await refusalOf(other)).reason).toBe("REQUEST_ID_REUSED");
});

test("a file that is too large is refused while it comes", async () => {
  let sent = 0;
  async function* endless() {
    for (; sent < 1_000; sent++) yield { requestId: "large", chunk: Buffer.alloc(64 * 1024) };
  }
  const refusal = await refusalOf(system.areas.createAreaUpload(endless(), system.as("advanced")));
  expect(refusal).toMatchObject({ reason: "AREA_FILE_TOO_LARGE", metadata: { limit_bytes: "1048576" } });
  expect(sent).toBeLessThan(900);
});

test("an upload without a token, without a request id, or with too large a chunk is refused", async () => {
  const { areas } = system;
  const advanced = system.as("advanced");
  async function* once(message: object) {
    yield message;
  }
  const reason = async (message: object, options: object) =>
    (await refusalOf(areas.createAreaUpload(once(message), options as typeof advanced))).reason;
  expect(await reason({ requestId: "a" }, {})).toBe("TOKEN_MISSING");
  expect(await reason({ requestId: "a b" }, advanced)).toBe("FIELD_INVALID");
  expect(await reason({ requestId: "a", chunk: Buffer.alloc(262_145) }, advanced)).toBe("FIELD_INVALID");
});

test("of twelve uploads at once as many succeed as one person may have", async () => {
  const person = system.as("otherAdministrator");
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, async (_, i) => {
      for (;;) {
        const call = upload(system.areas, `${SQUARE}${" ".repeat(i)}`, person);
        const outcome = await call.then(
          () => "OK",
          async () => (await refusalOf(call)).reason,
        );
        // Four at once are taken of one person, and they may meet at the same place.
        if (outcome !== "OVERLOADED" && outcome !== "CONTENDED") return outcome;
        await sleep(20);
      }
    }),
  );
  expect(outcomes.toSorted()).toEqual([
    ...Array.from({ length: 6 }, () => "OK"),
    ...Array.from({ length: 6 }, () => "TOO_MANY_AREA_UPLOADS"),
  ]);
  const { sql } = system.database;
  await sql`update area_uploads set expire_time = now() where user_id = 2`;
  await upload(system.areas, SQUARE, person);
  expect(await sql`select from area_uploads where user_id = 2`).toHaveLength(1);
});

test("a user without room for another upload learns when there is room, lists their own and deletes one", async () => {
  const { areas, database } = system;
  await database.sql`delete from area_uploads`;
  const person = system.as("advanced");
  for (let i = 0; i < 6; i++) await upload(areas, `${SQUARE}${" ".repeat(i)}`, person);
  const failure = await failureOf(upload(areas, SQUARE, person));
  const refusal = refusalIn(failure);
  expect(refusal?.reason.name).toBe("TOO_MANY_AREA_UPLOADS");
  // The oldest was uploaded during this test, and each is kept for a day.
  expect(refusal?.retryAfterMs).toBeGreaterThan(23 * 3_600_000);
  expect(refusal?.retryAfterMs).toBeLessThanOrEqual(24 * 3_600_000);

  const first = await areas.listAreaUploads({ pageSize: 4 }, person);
  const second = await areas.listAreaUploads({ pageSize: 4, pageToken: first.nextPageToken }, person);
  expect([first.areaUploads.length, second.areaUploads.length, second.nextPageToken]).toEqual([4, 2, ""]);
  const ids = [...first.areaUploads, ...second.areaUploads].map((it) => it.areaUploadId);
  expect(ids).toEqual([...ids].sort((a, b) => Number(b - a)));
  expect(first.areaUploads[0]).toMatchObject({ vertexCount: 4, faultCount: 0, boundingBox: { west: 10 } });
  expect(first.areaUploads[0]?.area).toBeUndefined();
  const fields = { paths: ["area_upload_id", "area"] };
  expect((await areas.listAreaUploads({ fields }, person)).areaUploads.map((it) => it.areaUploadId)).toEqual(
    ids,
  );
  // 1.6 MB each; two of them are a page.
  await database.sql`
    update area_uploads set area = decode(repeat('e20100', 533333), 'hex') where area_upload_id = any(${ids}::bigint[])`;
  const large = await areas.listAreaUploads({ fields }, person);
  expect(large.areaUploads.map((it) => it.areaUploadId)).toEqual(ids.slice(0, 2));
  const rest = await areas.listAreaUploads({ fields, pageToken: large.nextPageToken }, person);
  expect(rest.areaUploads.map((it) => it.areaUploadId)).toEqual(ids.slice(2, 4));
  const others = await areas.listAreaUploads({}, system.as("beginner"));
  expect(others.areaUploads).toEqual([]);

  const areaUploadId = ids[2] as bigint;
  const foreign = areas.deleteAreaUpload({ requestId: "foreign", areaUploadId }, system.as("beginner"));
  expect((await refusalOf(foreign)).reason).toBe("AREA_UPLOAD_NOT_FOUND");
  await areas.deleteAreaUpload({ requestId: "mine", areaUploadId }, person);
  expect((await refusalOf(areas.getAreaUpload({ areaUploadId }, person))).reason).toBe(
    "AREA_UPLOAD_NOT_FOUND",
  );
  await upload(areas, SQUARE, person);
  await database.sql`delete from area_uploads`;
});

test("as many uploads as there may be at once keep others out until one ends", async () => {
  const few = await testSystem({ AREA_UPLOADS_AT_ONCE: 1 });
  const release = Promise.withResolvers<void>();
  async function* slow() {
    yield { requestId: "slow", chunk: Buffer.from(SQUARE) };
    await release.promise;
  }
  const first = onceAdmitted(() => few.areas.createAreaUpload(slow(), few.as("advanced")));
  await expect.poll(() => probe(few, "beginner")).toBe("OVERLOADED");
  release.resolve();
  await first;
  await upload(few.areas, SQUARE, few.as("beginner"));
  await few.stop();
});

test("one person who sends four files at once keeps nobody else out", async () => {
  const { areas } = system;
  const release = Promise.withResolvers<void>();
  const calls = Array.from({ length: 4 }, (_, i) => {
    async function* slow() {
      yield { requestId: `slow-${i}`, chunk: Buffer.from(SQUARE) };
      await release.promise;
    }
    return onceAdmitted(() => areas.createAreaUpload(slow(), system.as("administrator")));
  });
  await expect.poll(() => probe(system, "administrator")).toBe("OVERLOADED");
  await upload(areas, SQUARE, system.as("advanced"));
  release.resolve();
  expect(await Promise.all(calls)).toHaveLength(4);
});

test("reading stops for a sender that stalls, and for one that leaves", async () => {
  const few = await testSystem({ AREA_UPLOADS_AT_ONCE: 1 });
  const silent = async function* () {
    yield { requestId: "silent", chunk: Buffer.from(SQUARE) };
    await new Promise(() => {});
  };
  const late = few.areas.createAreaUpload(silent(), { ...few.as("advanced"), timeoutMs: 300 });
  expect((await failureOf(late)).code).toBe(Code.DeadlineExceeded);
  await expect.poll(() => upload(few.areas, SQUARE, few.as("beginner")).catch(() => undefined)).toBeDefined();
  const leaving = new AbortController();
  const left = few.areas.createAreaUpload(silent(), { ...few.as("advanced"), signal: leaving.signal });
  setTimeout(() => leaving.abort(), 200);
  expect((await failureOf(left)).code).toBe(Code.Canceled);
  await expect.poll(() => upload(few.areas, SQUARE, few.as("beginner")).catch(() => undefined)).toBeDefined();
  expect(await few.count("area_uploads")).toBe(2);
  await few.stop();
});

/** Tries until there is room for an upload, and returns what becomes of it. */
async function onceAdmitted<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (refusalIn(ConnectError.from(error))?.reason.name !== "OVERLOADED") throw error;
      await sleep(20);
    }
  }
}

/** How an upload is refused that could not succeed if there were room for it. */
async function probe({ areas, as }: TestSystem, person: Parameters<TestSystem["as"]>[0]): Promise<string> {
  async function* withoutRequestId() {
    yield { requestId: "", chunk: Buffer.from(SQUARE) };
  }
  return (await refusalOf(areas.createAreaUpload(withoutRequestId(), as(person)))).reason;
}
