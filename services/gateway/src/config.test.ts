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

test("names everything that is wrong with the environment", () => {
  const read = () => readConfig({ HTTP_PORT: "x", BODY_MAX_BYTES: "1", AUTH_ADDRESS: "auth" });
  expect(read).toThrow(
    expect.objectContaining({ faults: expect.arrayContaining([expect.stringMatching(/^TASK_ADDRESS/)]) }),
  );
  expect(read).toThrow(
    expect.objectContaining({ faults: expect.toSatisfy((it: string[]) => it.length === 5) }),
  );
});
