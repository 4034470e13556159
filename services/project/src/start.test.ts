import { testDatabase } from "@tessera/testing/database.ts";
import { expect, test } from "vitest";
import { readConfig } from "./config.ts";
import { startProject } from "./start.ts";
import { silent } from "./testing/auth.ts";

const NEEDED = {
  DATABASE_URL: "postgres://project@localhost/project",
  AUTH_ADDRESS: "auth:50051",
  JWKS_URL: "http://auth:8081/.well-known/jwks.json",
  TOKEN_ISSUER: "https://auth.test",
};

test("what must be given is enough", () => {
  expect(readConfig(NEEDED)).toMatchObject({
    GRPC_HOST: "0.0.0.0",
    GRPC_PORT: 50_052,
    POOL_SIZE: 16,
    AREA_LIMIT_SQUARE_KILOMETRES: 5_000,
    AREA_LIMIT_VERTICES: 100_000,
  });
});

test.each([
  ["DATABASE_URL", ""],
  ["JWKS_URL", "auth"],
  ["AREA_LIMIT_VERTICES", "2"],
  ["AREA_LIMIT_SQUARE_KILOMETRES", "0"],
  ["POOL_SIZE", "many"],
])("%s is not taken as %j", (name, value) => {
  expect(() => readConfig({ ...NEEDED, [name]: value })).toThrow(name);
});

test("it does not start on a database without its schema, and says what to do", async () => {
  const empty = await testDatabase();
  const config = readConfig({ ...NEEDED, DATABASE_URL: empty.url, GRPC_PORT: "0", GRPC_HOST: "127.0.0.1" });
  await expect(startProject(config, silent)).rejects.toThrow("0001_projects.sql");
  await empty.drop();
});
