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
  expect(text(look, "[role=alert]")).toContain("One thing is wrong with this file.");
  expect(text(look, "ol.faults")).toContain("must not cross itself");
  expect(look.root.querySelectorAll("svg .place circle, svg .fault-mark circle")).toHaveLength(1);
  expect(look.root.querySelector(UPLOAD)).not.toBeNull();
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
