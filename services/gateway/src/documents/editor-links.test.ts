import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const contract = testContract(
  {
    Search: { shelf: "int32", book: "int32" },
    Shelf: {
      shelf_id: "int32 @FEATURE_ID",
      comment: "string @EDIT_COMMENT",
      hashtags: "repeated string @EDIT_HASHTAGS",
      imagery: "string @EDIT_IMAGERY",
      area: "tessera.geo.v1.MultiPolygon",
    },
    Book: {
      book_id: "int32 @FEATURE_ID",
      area: "tessera.geo.v1.MultiPolygon",
      middle: "tessera.geo.v1.Point @FEATURE_PLACE",
    },
    Page: { page_id: "int32" },
  },
  {
    Shelf: { http: { get: "/v1/shelves/{shelf}" }, input: "Search", output: "Shelf" },
    Book: { http: { get: "/v1/shelves/{shelf}/books/{book}" }, input: "Search", output: "Book" },
    Page: { http: { get: "/v1/shelves/{shelf}/page" }, input: "Search", output: "Page" },
  },
);
const AREA = { coordinates: [10, 50, 10.1, 50, 10.1, 50.1, 10, 50], ringLengths: [4], polygonLengths: [1] };
const ACROSS = {
  coordinates: [179, 0, 180, 0, 180, 1, 179, 0, -180, 0, -178, 0, -180, 1, -180, 0],
  ringLengths: [4, 4],
  polygonLengths: [1, 1],
};
const state = { imagery: "", area: AREA as object | undefined, isHidden: false };
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await testGateway(
    (router) =>
      router.service(contract.service, {
        shelf: ({ shelf }: { shelf: number }) => {
          if (state.isHidden) throw new Error("not for this caller");
          const { imagery } = state;
          return {
            shelfId: shelf,
            comment: "Mapping #1 & more",
            hashtags: ["#a", "#b"],
            imagery,
            area: AREA,
          };
        },
        book: ({ book }: { book: number }) => ({
          bookId: book,
          ...(state.area ? { area: state.area } : { middle: { longitude: 5, latitude: 6 } }),
        }),
        page: () => ({ pageId: 1 }),
      } as never),
    { services: [contract.service] },
  );
});
afterAll(() => gateway.stop());

const BOOK = "/v1/shelves/3/books/42";
async function linksOf(path: string) {
  const { headers, text } = await gateway.ask("GET", `${path}?f=links`);
  expect(headers["content-type"]).toBe("application/linkset+json");
  const [set] = JSON.parse(text).linkset;
  const edit = (set.edit as { href: string; title: string }[]).map(
    ({ href, title }) => [title, new URL(href)] as const,
  );
  return { ...set, edit: new Map(edit) };
}
const parametersOf = (url: URL | undefined) => Object.fromEntries(url?.searchParams ?? []);

describe("the links of a document", () => {
  test("open it in JOSM and iD, with the texts of the document above it", async () => {
    Object.assign(state, { imagery: "https://example.org/{z}/{x}/{y}.png", area: AREA });
    const { anchor, edit, alternate } = await linksOf(BOOK);
    expect(anchor).toBe(`${gateway.url}${BOOK}`);
    expect([...edit.keys()]).toEqual([
      "JOSM: the map data of the area",
      "JOSM: the outline",
      "JOSM: the imagery",
      "iD",
    ]);
    const [data, outline, imagery, id] = [...edit.values()];
    expect(`${data?.origin}${data?.pathname}`).toBe("http://127.0.0.1:8111/load_and_zoom");
    expect(parametersOf(data)).toEqual({
      left: "10.000000",
      right: "10.100000",
      top: "50.100000",
      bottom: "50.000000",
      changeset_comment: "Mapping #1 & more",
      changeset_hashtags: "#a;#b",
      layer_name: "Book 42",
    });
    // JOSM knows what a URL leads to by its end; the fragment is not sent.
    expect(parametersOf(outline).url).toBe(`${anchor}?f=osm#/Book%2042.osm`);
    expect(parametersOf(imagery)).toMatchObject({
      type: "tms",
      url: "https://example.org/{zoom}/{x}/{y}.png",
    });
    expect(Object.fromEntries(new URLSearchParams(id?.hash.slice(1)))).toEqual({
      map: "13/50.050000/10.050000",
      gpx: `${anchor}?f=gpx`,
      comment: "Mapping #1 & more",
      hashtags: "#a,#b",
      background: "custom:https://example.org/{z}/{x}/{y}.png",
    });
    expect(alternate).toContainEqual({ href: `${anchor}?f=gpx`, type: "application/gpx+xml" });
  });

  test("have its own texts, if it has such", async () => {
    Object.assign(state, { imagery: "Bing" });
    const { edit } = await linksOf("/v1/shelves/3");
    expect(parametersOf(edit.get("JOSM: the imagery"))).toEqual({ id: "Bing" });
    expect(edit.get("iD")?.hash).toContain("background=Bing");
  });

  test("are there without texts where the caller may not read the document above", async () => {
    state.isHidden = true;
    const { edit } = await linksOf(BOOK);
    state.isHidden = false;
    expect([...edit.keys()]).toEqual(["JOSM: the map data of the area", "JOSM: the outline", "iD"]);
    expect(parametersOf(edit.get("JOSM: the map data of the area"))).not.toHaveProperty("changeset_comment");
  });

  test("lead to the larger side of an area on both sides of 180°", async () => {
    state.area = ACROSS;
    const { edit } = await linksOf(BOOK);
    expect(parametersOf(edit.get("JOSM: the map data of the area"))).toMatchObject({
      left: "-180.000000",
      right: "-178.000000",
    });
  });

  test("lead to the surroundings of a place", async () => {
    state.area = undefined;
    const { edit } = await linksOf(BOOK);
    expect(parametersOf(edit.get("JOSM: the map data of the area"))).toMatchObject({
      left: "4.999000",
      top: "6.001000",
    });
  });
});

test("a document with an area says where its links are, and any other has none", async () => {
  const { headers } = await gateway.ask("GET", BOOK);
  expect(headers.link).toBe(
    `<${BOOK}?f=links>; rel="linkset"; type="application/linkset+json"; title="JOSM and iD"`,
  );
  expect((await gateway.ask("GET", "/v1/shelves/3/page")).headers).not.toHaveProperty("link");
  expect((await gateway.ask("GET", "/v1/shelves/3/page?f=links")).status).toBe(406);
});
