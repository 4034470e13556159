import { expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { checkInWorker } from "./check-in-worker.ts";
import { GeometryTimeout } from "./geometry-timeout.ts";

const AT_LEISURE = { limitMs: 20_000 };

test.each([100, 20_000])("a valid area of %d vertices passes", async (vertices) => {
  await expect(checkInWorker(circle(vertices), AT_LEISURE)).resolves.toBeUndefined();
});

test.each([100, 20_000])(
  "a fault in an area of %d vertices arrives with all that it says",
  async (vertices) => {
    const broken = circle(vertices);
    broken.coordinates.splice(20, 4, -0.5, 0.1, -0.5, 0);
    const fault = await checkInWorker(broken, AT_LEISURE).catch((error) => error);
    expect(fault).toBeInstanceOf(GeometryFault);
    expect(fault).toMatchObject({
      rule: "ring-crosses-itself",
      path: expect.stringMatching(/^\/coordinates\/0\/0\/\d+$/),
      point: { longitude: expect.any(Number), latitude: expect.any(Number) },
    });
    expect(fault.message).toMatch(/cross itself/);
  },
);

test("a thread ends at its time limit", async () => {
  const late = await checkInWorker(circle(200_000), { limitMs: 5 }).catch((error) => error);
  expect(late).toBeInstanceOf(GeometryTimeout);
});

function circle(vertices: number) {
  const ring = Array.from({ length: vertices }, (_, i) => {
    const angle = (2 * Math.PI * i) / vertices;
    return [Math.cos(angle), Math.sin(angle)];
  });
  return areaFromGeoJson({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
}
