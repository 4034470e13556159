import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { type PageClient, pageClient, type SeenPage, signInPage } from "../ground/page-client.ts";

let system: ConsoleSystem;
let client: PageClient;
beforeAll(async () => {
  system = await consoleSystem();
  client = pageClient(system.url);
  await signInPage(client, "administrator");
});
afterAll(() => system.stop());

const UPLOAD = 'main form[action="/v1/area-uploads"]';
/** A county on the coast of Guatemala, as a square with a corner cut off. */
const COUNTY = {
  type: "Feature",
  properties: { name: "A county" },
  geometry: {
    type: "Polygon",
    coordinates: [
      [
        [-90.9, 14.2],
        [-90.7, 14.2],
        [-90.7, 14.35],
        [-90.75, 14.4],
        [-90.9, 14.4],
        [-90.9, 14.2],
      ],
    ],
  },
};
const county = () => file("county.geojson", JSON.stringify(COUNTY));

function file(name: string, content: string | Uint8Array<ArrayBuffer>): File {
  return new File([content], name, { type: "application/octet-stream" });
}

const text = (page: SeenPage, selector: string) =>
  page.root.querySelector(selector)?.textContent.replaceAll(/\s+/g, " ").trim();

async function upload(sent: File | undefined): Promise<SeenPage> {
  return client.submit(await client.get("/console/new-project"), UPLOAD, { file: sent });
}

test("a project comes from a file, step by step, without scripts", async () => {
  const look = await upload(county());
  expect(look.path).toMatch(/^\/v1\/area-uploads\/\d+$/);
  expect(text(look, "h1")).toBe("Is this the area?");
  expect(text(look, "dl.facts")).toContain("Guatemala");
  expect(look.root.querySelector("svg path.area-shape")?.getAttribute("d")).toMatch(/^m/i);
  const next = look.root.querySelector(".step-links a.button")?.getAttribute("href") as string;
  const name = await client.get(next);
  const fields = { "project.name": "A county: roads", "project.short_description": "After the flood." };
  const cut = await client.submit(name, 'main form[action="/v1/projects"]', fields);
  expect(cut.path).toMatch(/^\/console\/projects\/\d+\/cut$/);
  // Sent twice, it is one project.
  const again = await client.submit(name, 'main form[action="/v1/projects"]', fields);
  expect(again.path).toBe(cut.path);
  const finer = await client.submit(cut, "form.chooser", { zoom: "13" });
  expect(text(finer, "#preview dl.facts")).toMatch(/Tasks\d+Zoom13Smallest/);
  const count = Number(text(finer, "#preview dl.facts")?.match(/Tasks(\d+)Zoom/)?.[1]);
  expect(finer.root.querySelector("#preview path.tasks")?.getAttribute("d")?.split("M")).toHaveLength(
    count + 1,
  );
  let operation = await client.submit(finer, "#preview form");
  expect(operation.path).toMatch(/^\/v1\/projects\/\d+\/operations\/1$/);
  await expect
    .poll(async () => {
      operation = await client.get(operation.path);
      return text(operation, "#operation .lead");
    })
    .toBe("It is done.");
  expect(operation.root.querySelector("meta[http-equiv=refresh]")).toBeNull();
  const list = await client.get(operation.path.replace(/\/1$/, ""));
  expect(text(list, "tbody tr")).toContain("Cutting the area into tasks");
});

test("an unusable file is shown with every fault in words and at its place, and the form to try again", async () => {
  const ring = [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ];
  const look = await upload(
    file("crossed.geojson", JSON.stringify({ type: "Polygon", coordinates: [ring] })),
  );
  expect(text(look, "[role=alert]")).toContain("1 thing is wrong with this area.");
  expect(text(look, "ol.faults")).toContain("must not cross itself");
  expect(look.root.querySelectorAll("svg .place circle, svg .fault-mark circle")).toHaveLength(1);
  expect(look.root.querySelector(UPLOAD)).not.toBeNull();
});

test("a drawing with faults comes again with the drawing, its faults on it and in words, without scripts", async () => {
  const box = 'main form[action="/console/new-project/drawing"]';
  const crossed = '{"type":"Polygon","coordinates":[[[0,0],[0.1,0.1],[0.1,0],[0,0.1],[0,0]]]}';
  const first = await client.get("/console/new-project");
  const refused = await client.submit(first, box, { area: crossed });
  expect(refused.status).toBe(422);
  expect(text(refused, "[role=alert]")).toContain("What you drew is still on the map below");
  expect(text(refused, "ol.faults")).toContain("must not cross itself");
  expect(refused.root.querySelectorAll("#map-area svg .fault-mark")).toHaveLength(1);
  expect(refused.root.querySelector("#map-area svg .area-shape")?.getAttribute("d")).toMatch(/^m/);
  expect(refused.root.querySelector(`${box} textarea`)?.textContent).toBe(crossed);
  const mended = await client.submit(refused, box, {
    area: crossed.replace("[0.1,0.1],[0.1,0]", "[0.1,0],[0.1,0.1]"),
  });
  expect([mended.status, text(mended, "h1")]).toEqual([200, "Is this the area?"]);
});

test("a page of the first step that is sent again with a changed file is another upload, with the same one it is not", async () => {
  const page = await client.get("/console/new-project");
  const sent = async (name: string) => {
    const content = JSON.stringify({ ...COUNTY, properties: { name } });
    return (await client.submit(page, UPLOAD, { file: file("county.geojson", content) })).path;
  };
  const paths = [await sent("A county"), await sent("A county"), await sent("The county")];
  for (const path of paths) expect(path).toMatch(/^\/v1\/area-uploads\/\d+$/);
  expect([paths[0] === paths[1], paths[0] === paths[2]]).toEqual([true, false]);
});

test("a form without a file, a file that is too large, and half a rectangle are refused in words at the form", async () => {
  const none = await upload(undefined);
  expect([none.status, text(none, `${UPLOAD} .fault`)]).toEqual([422, "Choose a file first."]);
  const box = 'main form[action="/console/new-project/drawing"]';
  const typed = { west: "1", south: "5", east: "2", north: "4" };
  const turned = await client.submit(await client.get("/console/new-project"), box, typed);
  expect(text(turned, `${box} [role=alert]`)).toContain("The south must lie south of the north.");
  expect(turned.root.querySelector(`${box} input[name=north]`)?.getAttribute("value")).toBe("4");
});

/** A draft with a name, on the page where its area is cut. */
async function draft(name: string): Promise<number> {
  const look = await upload(county());
  const next = look.root.querySelector(".step-links a.button")?.getAttribute("href") as string;
  const fields = { "project.name": name };
  const cut = await client.submit(await client.get(next), 'main form[action="/v1/projects"]', fields);
  return Number(cut.path.split("/")[3]);
}

const formOf = (page: SeenPage, part: string) => {
  const input = page.root.querySelector(`input[name=_part][value=${part}]`);
  input?.closest("form")?.setAttribute("id", `form-${part}`);
  return `form#form-${part}`;
};

test("a stale form of settings shows both versions, and saves what is chosen of each", async () => {
  const id = await draft("First name");
  const path = `/console/projects/${id}/settings`;
  const [mine, theirs] = [await client.get(path), await client.get(path)];
  const saved = await client.submit(theirs, formOf(theirs, "texts"), {
    "project.name": "Their name",
    "project.short_description": "Their sentence.",
  });
  expect([saved.status, text(saved, ".notice")]).toEqual([200, "Saved."]);
  const stale = await client.submit(mine, formOf(mine, "texts"), {
    "project.name": "My name",
    "project.short_description": "My sentence.",
  });
  expect(stale.status).toBe(412);
  const table = text(stale, ".versions tbody") ?? "";
  for (const version of ["My name", "Their name", "My sentence.", "Their sentence."])
    expect(table).toContain(version);
  const chosen = await client.submit(stale, formOf(stale, "texts"), {
    "_take.project.name": "mine",
    "_take.project.short_description": "theirs",
  });
  expect([chosen.status, text(chosen, "h1")]).toEqual([200, "My name"]);
  const after = chosen.root.querySelector('[name="project.short_description"]');
  expect(after?.getAttribute("value")).toBe("Their sentence.");
});

test("a fault of a setting stands beside its field, with what was typed", async () => {
  const path = `/console/projects/${await draft("With hashtags")}/settings`;
  const page = await client.get(path);
  const refused = await client.submit(page, formOf(page, "editing"), { "project.hashtags": "no hash sign" });
  expect(refused.status).toBe(422);
  const field = refused.root.querySelector('textarea[name="project.hashtags"]');
  expect([field?.getAttribute("aria-invalid"), field?.textContent]).toEqual(["true", "no hash sign"]);
});

test("the check list leads to a published project, which a mapper sees, and a draft is deleted after a tick", async () => {
  const id = await draft("To be published");
  const publish = await client.get(`/console/projects/${id}/publish`);
  expect(text(publish, ".checklist")).toContain("the area is not cut into tasks yet");
  const open = await client.submit(publish, formOf(publish, "status"));
  expect([open.status, open.path]).toEqual([200, `/v1/projects/${id}`]);
  const mapper = pageClient(system.url);
  await signInPage(mapper, "mapper-1");
  expect((await mapper.get(`/v1/projects/${id}`)).text).toContain("To be published");
  expect((await mapper.get(`/console/projects/${id}/settings`)).status).toBe(403);
  const other = `/v1/projects/${await draft("To be deleted")}`;
  const settings = await client.get(`/console${other.slice(3)}/settings`);
  const remove = `main form[action="${other}?_method=DELETE"]`;
  const unsure = await client.submit(settings, remove);
  expect([unsure.status, text(unsure, `${remove} [role=alert]`)]).toEqual([
    422,
    expect.stringContaining("Tick the box"),
  ]);
  const gone = await client.submit(unsure, remove, { _sure: "true" });
  expect([gone.path, text(gone, ".notice")]).toEqual(["/v1/projects", "The project is deleted."]);
});
