import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";

const MODULES = new URL("./", import.meta.url).href;

/** A process whose `start` is the body of this function, where `log`, `stopping` and `ConfigFault` are known. */
function run(start: string, env: Record<string, string> = {}, ipc = false) {
  const script = `
    const { main } = await import("${MODULES}main.ts");
    const { ConfigFault } = await import("${MODULES}config-fault.ts");
    await main("test", async (log, stopping) => { ${start} });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe", ...(ipc ? (["ipc"] as const) : [])],
  });
  let output = "";
  child.stdout?.on("data", (data) => {
    output += data;
  });
  child.stderr?.on("data", (data) => {
    output += data;
  });
  return { child, says: (text: string) => waitFor(() => output.includes(text)), output: () => output };
}

async function waitFor(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries++) await sleep(20);
  if (!holds()) throw new Error("what was waited for did not come");
}

const exitOf = async (child: ChildProcess) =>
  child.exitCode ?? (child.signalCode !== null ? child.signalCode : (await once(child, "exit"))[0]);

const IDLE = `
  const timer = setInterval(() => {}, 1000);
  return { stop: async () => { clearInterval(timer); log.info("cleaned up"); } };`;

test.each(["SIGTERM", "SIGINT"] as const)("%s ends it gracefully with 0", async (signal) => {
  const { child, says, output } = run(IDLE);
  await says('"ready"');
  child.kill(signal);
  expect(await exitOf(child)).toBe(0);
  for (const line of ["stopping", "cleaned up", "stopped"]) expect(output()).toContain(`"msg":"${line}"`);
});

test("a signal while it starts waits for the start, then stops it", async () => {
  const { child, says, output } = run(
    `log.info("starting"); await new Promise((r) => setTimeout(r, 300)); ${IDLE}`,
  );
  await says('"starting"');
  child.kill("SIGTERM");
  expect(await exitOf(child)).toBe(0);
  expect(output()).toContain("cleaned up");
});

test("a second signal ends it at once", async () => {
  const { child, says } = run("setInterval(() => {}, 1000); return { stop: () => new Promise(() => {}) };");
  await says('"ready"');
  child.kill("SIGINT");
  await says('"stopping"');
  child.kill("SIGINT");
  expect(await exitOf(child)).toBe(1);
});

test("an exception that nobody caught is logged, and ends it gracefully with 1", async () => {
  const { child, output } = run(`setTimeout(() => { throw new Error("oops"); }, 50); ${IDLE}`);
  expect(await exitOf(child)).toBe(1);
  expect(output()).toContain('"msg":"uncaughtException"');
  expect(output()).toContain("oops");
  expect(output()).toContain("cleaned up");
});

test("a rejection that nobody waits for is logged, and ends nothing", async () => {
  const { child, says, output } = run(
    `setTimeout(() => { void Promise.reject(new Error("oops")); }, 50); ${IDLE}`,
  );
  await says('"unhandledRejection"');
  expect(output()).toContain("oops");
  child.kill("SIGTERM");
  expect(await exitOf(child)).toBe(0);
  expect(output()).toContain("cleaned up");
});

test("a signal while it waits for what it needs ends it with 0", async () => {
  const { child, says, output } = run(
    `setInterval(() => {}, 1000); log.info("waiting"); await new Promise((_, no) => stopping.addEventListener("abort", () => no(stopping.reason)));`,
  );
  await says('"waiting"');
  child.kill("SIGTERM");
  expect(await exitOf(child)).toBe(0);
  expect(output()).not.toContain("could not start");
});

test("faults of the configuration are one line, and exit with 78", async () => {
  const { child, output } = run(`throw new ConfigFault(["PORT: is required", "KEY: is required"]);`);
  expect(await exitOf(child)).toBe(78);
  expect(output().trim().split("\n")).toHaveLength(1);
  expect(output()).toContain(
    "test cannot start with this configuration: PORT: is required; KEY: is required",
  );
});

test("a bad log level is such a fault", async () => {
  const { child, output } = run(IDLE, { LOG_LEVEL: "loud" });
  expect(await exitOf(child)).toBe(78);
  expect(output()).toContain("LOG_LEVEL");
});

test("another failure to start exits with 1", async () => {
  const { child, output } = run(`throw new Error("the port is taken");`);
  expect(await exitOf(child)).toBe(1);
  expect(output()).toMatch(/the port is taken/);
});

test("a stop that fails exits with 1", async () => {
  const { child, says } = run(
    `const timer = setInterval(() => {}, 1000); return { stop: async () => { throw new Error("stuck"); } };`,
  );
  await says('"ready"');
  child.kill("SIGTERM");
  expect(await exitOf(child)).toBe(1);
});

test("it stops when its parent lets go, if it is configured so", async () => {
  const { child, says, output } = run(IDLE, { STOP_WITH_PARENT: "true" }, true);
  await says('"ready"');
  child.disconnect();
  expect(await exitOf(child)).toBe(0);
  expect(output()).toContain("the parent is gone");
});

test("it continues without its parent otherwise", async () => {
  const { child, says } = run(`process.on("disconnect", () => log.info("alone")); ${IDLE}`, {}, true);
  await says('"ready"');
  child.disconnect();
  await says('"alone"');
  expect(child.exitCode).toBeNull();
  child.kill("SIGTERM");
  expect(await exitOf(child)).toBe(0);
});
