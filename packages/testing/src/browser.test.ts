import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "./browser.ts";

let browser: TestBrowser;
let server: Server;
let origin: string;

const POLICY = "default-src 'none'; script-src 'self'";

beforeAll(async () => {
  browser = await startBrowser();
  server = createServer((request, response) => {
    const isScript = request.url === "/script.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.setHeader("Content-Security-Policy", POLICY);
    response.end(
      isScript
        ? "document.querySelector('h1').textContent = 'changed';"
        : `<!doctype html><h1>unchanged</h1><script src="/script.js"></script>${
            request.url === "/inline" ? "<script>document.title = 'inline';</script>" : ""
          }`,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await browser?.stop();
  server?.close();
});

test("a browser runs the scripts of a page and records its requests", async () => {
  const { page, origins, errors } = await browser.open();
  await page.goto(origin);
  await page.getByRole("heading", { name: "changed", exact: true }).waitFor();
  expect(origins()).toEqual([origin]);
  expect(errors()).toEqual([]);
});

test("what a policy stops is a violation", async () => {
  const { page, violations } = await browser.open();
  await page.goto(`${origin}/inline`);
  await page.getByRole("heading", { name: "changed", exact: true }).waitFor();
  expect(violations()).toHaveLength(1);
  expect(await page.title()).toBe("");
});

test("a browser draws with WebGL, as maps do", async () => {
  const { page } = await browser.open();
  const drawn = await page.evaluate(
    "document.createElement('canvas').getContext('webgl2')?.getParameter(WebGL2RenderingContext.VERSION) ?? ''",
  );
  expect(drawn).toContain("WebGL 2.0");
});
