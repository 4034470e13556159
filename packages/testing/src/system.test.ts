import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { testSystem } from "./system.ts";

const START = "http.server.request.start";

test("a system whose gateway sent what the OpenAPI document does not describe says so when it stops", async () => {
  const plant = (message: unknown) =>
    void (message as { response: ServerResponse }).response.setHeader("X-Planted", "1");
  const system = await testSystem();
  subscribe(START, plant);
  await fetch(`${system.url}/v1/users/me`).then((it) => it.text());
  unsubscribe(START, plant);
  await expect(system.stop()).rejects.toThrow(
    "GET GetCurrentUser 401 TOKEN_MISSING: the header x-planted is not described",
  );
});
