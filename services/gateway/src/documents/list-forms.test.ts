import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const AREA = { coordinates: [0, 0, 1, 0, 1, 1, 0, 0], ringLengths: [4], polygonLengths: [1] };
const HOSTILE = ["=1+1", "+1", "-1", "@x", "\tx", " =x", "＝x", "%x", "|x", "\r=x"];
const contract = testContract(
  {
    Search: { page_token: "string" },
    Books: {
      books: "repeated Book @ROWS -review,reviewers,cover",
      next: "string @NEXT_PAGE",
      found: "int64",
    },
    Sightings: { sightings: "repeated Sighting @ROWS" },
    Sighting: {
      longitude: "double @FEATURE_LONGITUDE",
      latitude: "double @FEATURE_LATITUDE",
      what: "string",
    },
    Loans: { loans: "repeated Loan" },
    Loan: { book: "Book -review,reviewers,cover", paper: "Paper -review" },
    Paper: { title: "string", review: "string" },
    Book: {
      book_id: "int32 @FEATURE_ID",
      title: "string",
      price: "double",
      kind: "Kind",
      kinds: "repeated Kind",
      tags: "repeated string",
      sold: "bool",
      since: "google.protobuf.Timestamp",
      area: "tessera.geo.v1.MultiPolygon @FEATURE_GEOMETRY",
      other: "tessera.geo.v1.MultiPolygon",
      middle: "tessera.geo.v1.Point @FEATURE_PLACE",
      chapters: "repeated Book",
      review: "string",
      reviewers: "repeated string",
      cover: "tessera.geo.v1.MultiPolygon",
    },
  },
  {
    Sight: { http: { get: "/v1/sightings" }, input: "Search", output: "Sightings" },
    List: { http: { get: "/v1/books" }, input: "Search", output: "Books" },
    Lend: { http: { get: "/v1/loans", response_body: "loans" }, input: "Search", output: "Loans" },
  },
);
const books: object[] = [];
let next = "";
let gateway: TestGateway;
let projects: TestGateway;

beforeAll(async () => {
  gateway = await testGateway(
    (router) =>
      router.service(contract.service, {
        sight: () => ({ sightings: [{ longitude: 85.5, latitude: 0, what: "owl" }] }),
        list: () => ({ books, next, found: 7n }),
        lend: () => ({ loans: [{ book: books[0], paper: { title: "Maps", review: "Good" } }] }),
      } as never),
    { services: [contract.service] },
  );
  const listProjects = () => ({
    projects: [
      { projectId: 7, name: "Kathmandu", centroid: { longitude: 85.3, latitude: 27.7 }, revision: 3n },
      { projectId: 8, name: "=cmd()", hashtags: ["#a", "#b"] },
    ],
    nextPageToken: "abc",
    total: { projectCount: 2 },
  });
  projects = await testGateway((router) => router.service(ProjectService, { listProjects }), {
    services: [ProjectService],
  });
});
afterAll(() => Promise.all([gateway.stop(), projects.stop()]));

const shelve = (...some: object[]) => books.splice(0, books.length, ...some);
const csv = async () => (await gateway.ask("GET", "/v1/books?f=csv")).text.split("\r\n");

describe("a list as GeoJSON", () => {
  test("is a collection of Features at their areas, else at their points, else nowhere", async () => {
    shelve(
      { bookId: 1, area: AREA, other: AREA, middle: { longitude: 5, latitude: 6 } },
      { bookId: 2, middle: { longitude: 5, latitude: 0 } },
      { bookId: 3 },
    );
    const { json, headers } = await gateway.ask("GET", "/v1/books", {
      headers: { accept: "application/geo+json" },
    });
    expect(headers["content-type"]).toBe("application/geo+json");
    expect(json).toMatchObject({ type: "FeatureCollection", next: "", found: "7" });
    expect(json).not.toHaveProperty("books");
    expect(json.features.map((it: { geometry: object }) => it.geometry)).toMatchObject([
      { type: "MultiPolygon" },
      { type: "Point", coordinates: [5, 0] },
      null as never,
    ]);
    expect(json.features[0]).toMatchObject({ id: 1, properties: { other: { type: "MultiPolygon" } } });
    expect(json.features[0].properties).not.toHaveProperty("area");
  });

  test("has a Feature at the degrees that a document says in two numbers", async () => {
    const { json } = await gateway.ask("GET", "/v1/sightings?f=geojson");
    expect(json.features).toEqual([
      {
        type: "Feature",
        geometry: { type: "Point", coordinates: [85.5, 0] },
        properties: { longitude: 85.5, latitude: 0, what: "owl" },
      },
    ]);
  });

  test("has no features where it is empty", async () => {
    shelve();
    expect((await gateway.ask("GET", "/v1/books?f=geojson")).json.features).toEqual([]);
  });
});

describe("a list as CSV", () => {
  test("has a column for every value, and a row for every document", async () => {
    shelve({
      bookId: 1,
      title: 'Says "no", twice',
      price: -1.5,
      kind: 1,
      kinds: [1, 2],
      tags: ["a", "b"],
      sold: true,
      since: { seconds: 0n, nanos: 0 },
      area: AREA,
      middle: { longitude: -5, latitude: 6 },
      chapters: [{ bookId: 9 }],
    });
    const { text, headers } = await gateway.ask("GET", "/v1/books", { headers: { accept: "text/csv" } });
    expect(headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
    expect(text).toBe(
      "book_id,title,price,kind,kinds,tags,sold,since,middle.longitude,middle.latitude\r\n" +
        '1,"Says ""no"", twice",-1.5,KIND_NOVEL,"KIND_NOVEL;KIND_ATLAS","a;b",true,1970-01-01T00:00:00Z,-5,6\r\n',
    );
  });

  test.each(HOSTILE)("begins no text with a formula: %j", async (title) => {
    shelve({ title, tags: [title] });
    const { text } = await gateway.ask("GET", "/v1/books?f=csv");
    const cells = text.split("book_id,")[1]?.split(",") ?? [];
    expect(cells.filter((it) => it.includes("'")).length).toBe(2);
    for (const it of cells.filter((cell) => cell.includes(title))) expect(it).toMatch(/^"?'/);
  });

  test("keeps what is written over lines in one cell", async () => {
    shelve({ title: 'a\n"b' });
    expect((await csv())[1]).toMatch(/^0,"a\n""b",0,/);
  });

  test("of nothing has its names", async () => {
    shelve();
    expect(await csv()).toEqual([expect.stringMatching(/^book_id,title,/), ""]);
  });
});

describe("what a list does not carry", () => {
  const book = { bookId: 1, title: "Atlas", review: "Good", reviewers: ["Ann"], cover: AREA, other: AREA };
  const LEFT_OUT = ["review", "reviewers", "cover"];
  const keysOf = (document: object) => Object.keys(document).filter((it) => LEFT_OUT.includes(it));

  test("is no member of its documents", async () => {
    shelve(book);
    const { json } = await gateway.ask("GET", "/v1/books");
    expect(json.books[0]).toMatchObject({ book_id: 1, title: "Atlas", other: { type: "MultiPolygon" } });
    expect(keysOf(json.books[0])).toEqual([]);
  });

  test("is no property of its Features", async () => {
    shelve(book);
    const { json } = await gateway.ask("GET", "/v1/books?f=geojson");
    expect(json.features[0].properties).toMatchObject({ title: "Atlas", other: { type: "MultiPolygon" } });
    expect(keysOf(json.features[0].properties)).toEqual([]);
  });

  test("has no column", async () => {
    shelve(book);
    const [names = ""] = await csv();
    expect(names.split(",")).toContain("title");
    expect(names.split(",").filter((it) => LEFT_OUT.includes(it))).toEqual([]);
  });

  test("is no member of a document in another either", async () => {
    shelve(book);
    const { json } = await gateway.ask("GET", "/v1/loans");
    expect(json).toMatchObject([{ book: { title: "Atlas" }, paper: { title: "Maps" } }]);
    expect(keysOf(json[0].book)).toEqual([]);
    expect(json[0].paper).toEqual({ title: "Maps" });
  });
});

describe("the next page of a list", () => {
  test.each([
    ["/v1/books", "/v1/books?page_token=a%2Fb%3D"],
    ["/v1/books?f=csv", "/v1/books?f=csv&page_token=a%2Fb%3D"],
  ])("after %s is %s", async (path, expected) => {
    next = "a/b=";
    expect((await gateway.ask("GET", path)).headers.link).toBe(`<${expected}>; rel="next"`);
  });

  test.each([
    ["/v1/books?page_token=old&f=geojson", "/v1/books?f=geojson&page_token=a%2Fb%3D", "/v1/books?f=geojson"],
    ["/v1/books?pageToken=old", "/v1/books?page_token=a%2Fb%3D", "/v1/books"],
  ])("after %s is %s, and the first is %s", async (path, expected, first) => {
    next = "a/b=";
    const { headers } = await gateway.ask("GET", path);
    expect(headers.link).toBe(`<${expected}>; rel="next", <${first}>; rel="first"`);
  });

  test("is not there after the last, which links to the first", async () => {
    next = "";
    const { headers } = await gateway.ask("GET", "/v1/books?page_token=old");
    expect(headers.link).toBe('</v1/books>; rel="first"');
  });

  test("is not there after the only one", async () => {
    next = "";
    expect((await gateway.ask("GET", "/v1/books")).headers).not.toHaveProperty("link");
  });
});

describe("projects", () => {
  test("are Features at their centroids", async () => {
    const { json, headers } = await projects.ask("GET", "/v1/projects?f=geojson");
    expect(json).toMatchObject({
      type: "FeatureCollection",
      next_page_token: "abc",
      total: { project_count: 2 },
      features: [
        { id: 7, geometry: { type: "Point", coordinates: [85.3, 27.7] }, properties: { name: "Kathmandu" } },
        { id: 8, geometry: null },
      ],
    });
    expect(headers.link).toBe('</v1/projects?f=geojson&page_token=abc>; rel="next"');
  });

  test("are rows of CSV", async () => {
    const { text } = await projects.ask("GET", "/v1/projects", { headers: { accept: "text/csv" } });
    const [names = "", first = "", second = ""] = text.split("\r\n");
    expect(names).toMatch(/^project_id,name,.*centroid\.longitude/);
    expect(first).toMatch(/^7,Kathmandu,/);
    expect(second).toMatch(/^8,'=cmd\(\),/);
    expect(second).toContain('"#a;#b"');
  });

  test("are still documents where nothing else is asked for", async () => {
    const { json } = await projects.ask("GET", "/v1/projects");
    expect(json.projects[0].name).toBe("Kathmandu");
  });
});
