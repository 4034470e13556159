import { randomBytes } from "node:crypto";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { createLog } from "@tessera/runtime/log.ts";
import type { Page } from "playwright-core";
import { readConfig } from "../../../services/console/src/config.ts";
import { startConsole } from "../../../services/console/src/start.ts";
import { testSystem } from "./system.ts";

/** The whole system with its console: what a browser sees at `url`. */
export type ConsoleSystem = Awaited<ReturnType<typeof consoleSystem>>;

const HOST = "127.0.0.1";
const LOG = createLog({ name: "console", level: process.env.TEST_LOG === "true" ? "error" : "silent" });

/** Starts the system and a console that its gateway passes pages to. `settings` are environment variables of all of them. */
export async function consoleSystem(settings: Record<string, string> = {}) {
  await using begun = new AsyncDisposableStack();
  const [gatewayPort, consolePort, keysPort] = [await freePort(), await freePort(), await freePort()];
  const publicUrl = `http://${HOST}:${gatewayPort}`;
  const system = await testSystem({
    HTTP_PORT: String(gatewayPort),
    KEYS_PORT: String(keysPort),
    CONSOLE_ADDRESS: `${HOST}:${consolePort}`,
    CONSOLE_URL: publicUrl,
    TOKEN_ISSUER: publicUrl,
    ...settings,
  });
  begun.defer(() => system.stop());
  const config = readConfig({
    HTTP_HOST: HOST,
    HTTP_PORT: String(consolePort),
    PUBLIC_URL: publicUrl,
    AUTH_ADDRESS: system.addresses.auth,
    PROJECT_ADDRESS: system.addresses.project,
    TASK_ADDRESS: system.addresses.task,
    COOKIE_SECRET: randomBytes(32).toString("hex"),
    DEVELOPMENT_SIGN_IN: "true",
    DRAIN_MILLISECONDS: "0",
    PSEUDO_LANGUAGES: "true",
    // Pages offer the provider that auth has.
    ...(settings.UPSTREAM_CLIENT_ID !== undefined && { AUTH_HTTP_URL: `http://${HOST}:${keysPort}` }),
    ...settings,
  });
  const running = await startConsole(config, LOG);
  begun.defer(() => running.stop());
  const all = begun.move();
  return { ...system, consoleUrl: `http://${running.address}`, stop: () => all.disposeAsync() };
}

/** Signs somebody in through the page for it, which leads to `next`. */
export async function signInOn(page: Page, url: string, name: string, next = "/"): Promise<void> {
  await page.goto(`${url}/console/sign-in?next=${encodeURIComponent(next)}`);
  await page.getByRole("textbox").fill(name);
  await page.locator('main form[action="/console/sign-in"] button').click();
  await page.waitForURL(`${url}${next}`);
}
