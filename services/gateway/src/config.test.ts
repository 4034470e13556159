import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const ADDRESSES = {
  AUTH_ADDRESS: "auth:50051",
  PROJECT_ADDRESS: "project:50051",
  TASK_ADDRESS: "dns:///task:50051",
};

test("needs the address of every service, and nothing else", () => {
  expect(readConfig(ADDRESSES)).toMatchObject({
    httpPort: 8_080,
    addresses: { auth: "auth:50051", project: "project:50051", task: "dns:///task:50051" },
  });
});

test.each([
  [undefined, []],
  ["", []],
  ["https://map.example.org, http://localhost:3000", ["https://map.example.org", "http://localhost:3000"]],
  ["*", "*"],
  ["https://*.example.org", [/^https:\/\/[a-z0-9-]+\.example\.org$/]],
  ["http://localhost:*", [/^http:\/\/localhost(?::[0-9]+)?$/]],
])("CORS_ORIGINS %j", (text, origins) => {
  expect(readConfig({ ...ADDRESSES, CORS_ORIGINS: text }).corsOrigins).toEqual(origins);
});

test.each([
  ...["https://map.example.org/", "map.example.org", "null", "*, https://map.example.org", "ftp://a.b"],
  ...["https://*", "https://*.org", "https://*.*.example.org", "https://map*.example.org", "*://localhost"],
])("CORS_ORIGINS is not %j", (text) => {
  const fault = expect.stringMatching(/^CORS_ORIGINS: must be/);
  expect(() => readConfig({ ...ADDRESSES, CORS_ORIGINS: text })).toThrow(
    expect.objectContaining({ faults: [fault] }),
  );
});

test.each(["console:8090", "127.0.0.1:8090", "[::1]:8090"])("CONSOLE_ADDRESS %j", (text) => {
  expect(readConfig({ ...ADDRESSES, CONSOLE_ADDRESS: text }).consoleAddress).toBe(text);
});

test.each(["console", "http://console:8090", "console:8090/", "a@console:8090", "console:99999"])(
  "CONSOLE_ADDRESS is not %j",
  (text) => {
    expect(() => readConfig({ ...ADDRESSES, CONSOLE_ADDRESS: text })).toThrow(
      expect.objectContaining({ faults: [expect.stringMatching(/^CONSOLE_ADDRESS: must be/)] }),
    );
  },
);

test("names everything that is wrong with the environment", () => {
  const read = () => readConfig({ HTTP_PORT: "x", BODY_MAX_BYTES: "1", AUTH_ADDRESS: "auth" });
  expect(read).toThrow(
    expect.objectContaining({ faults: expect.arrayContaining([expect.stringMatching(/^TASK_ADDRESS/)]) }),
  );
  expect(read).toThrow(
    expect.objectContaining({ faults: expect.toSatisfy((it: string[]) => it.length === 5) }),
  );
});
