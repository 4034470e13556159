import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { layDown, readNewRpc } from "./rpc-files.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const paths = globSync(["proto/tessera/**/*.proto", "services/*/src/**/*service.ts"], { cwd: ROOT });
const files = new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));

test.each([false, true])("a new RPC (a command: %s) is laid down where its neighbours are", (isCommand) => {
  const laid = layDown(readNewRpc("task.v1.LockService.PeekLock", isCommand), files);
  expect([...laid.keys()]).toEqual([
    "proto/tessera/task/v1/lock_service.proto",
    "services/task/src/locks/peek-lock.ts",
    "services/task/src/locks/lock-service.ts",
  ]);
  expect(laid.get("services/task/src/locks/lock-service.ts")).toContain("peekLock: peekLock(deps),");
  const folder = mkdtempSync(join(tmpdir(), "tessera-new-rpc-"));
  try {
    for (const part of ["proto", "packages/contracts/vendor", "buf.yaml"])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const [proto = ""] = laid.keys();
    writeFileSync(join(folder, proto), laid.get(proto) as string);
    const built = execFileSync("buf", ["lint", "proto"], { cwd: folder, stdio: "pipe" });
    expect(String(built)).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ["PeekLock", "Name the RPC as <service>.v1.<Service>.<Rpc>, such as task.v1.LockService.PeekLock."],
  ["task.v1.LockService.LockTask", "LockService has LockTask already."],
  [
    "task.v1.KeyService.GetKey",
    "proto/tessera/task/v1/key_service.proto is not there: write the service's file first.",
  ],
])("%s is refused in words", (name, sentence) => {
  expect(() => layDown(readNewRpc(name, false), files)).toThrow(sentence);
});
