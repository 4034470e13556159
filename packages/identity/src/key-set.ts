import { Code, ConnectError } from "@connectrpc/connect";
import { errors, type JWTVerifyGetKey } from "jose";
import type { Logger } from "pino";
import { z } from "zod";
import { keySource } from "./key-source.ts";

/** Keys are read from at most N URLs. */
const URLS_MAX = 10;

/** A setting: where the auth service publishes its keys. Several URLs of the same keys, by commas: any of them will do. */
export const keyUrls = z
  .string()
  .transform((text) => [...new Set(text.split(",").map((it) => it.trim()))])
  .refine((urls) => urls.every(isHttpUrl), "must be absolute URLs of http or https, by commas")
  .refine((urls) => urls.length <= URLS_MAX, `must be at most ${URLS_MAX} URLs`);

/** The public keys of the auth service, kept in this process. */
export interface KeySet {
  keys: JWTVerifyGetKey;
  /** Resolves when the keys of one URL are there. */
  ready(): Promise<void>;
  stop(): void;
}

/**
 * Keeps the keys at JWKS URLs. A key is taken from the first URL in the list that has it; a URL that is down stops none of
 * the others. A key that no URL had is asked for at all of them at once, and the first that then has it answers.
 */
export function keySet(urls: readonly string[], log: Logger): KeySet {
  const sources = urls.map((url) => keySource(url, log));
  return {
    keys: async (header, token) => {
      const looked = sources.map((source) => source.known());
      for (const find of looked) {
        const key = await keyBy(find, header, token);
        if (key !== undefined) return key;
      }
      try {
        return await Promise.any(
          sources.map(async (source, index) => {
            const isLooked = !(await source.renew(looked[index]));
            const key = isLooked ? undefined : await keyBy(source.known(), header, token);
            if (key === undefined) throw new errors.JWKSNoMatchingKey();
            return key;
          }),
        );
      } catch (error) {
        throw sources.every((source) => source.known() === undefined) ? unavailable() : firstOf(error);
      }
    },
    ready: async () => {
      await Promise.any(sources.map((source) => source.ready())).catch((error: unknown) => {
        throw firstOf(error);
      });
    },
    stop: () => {
      for (const source of sources) source.stop();
    },
  };
}

/** The key of a token; undefined where the keys are not known, or it is none of them. */
async function keyBy(find: JWTVerifyGetKey | undefined, ...token: Parameters<JWTVerifyGetKey>) {
  try {
    return await find?.(...token);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return undefined;
    throw error;
  }
}

/** Why none of several promises was kept: the first reason that says more than that a key is not known. */
function firstOf(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  return error.errors.find((it) => !(it instanceof errors.JWKSNoMatchingKey)) ?? error.errors[0];
}

function unavailable(): ConnectError {
  return new ConnectError("the keys of auth are unavailable", Code.Unavailable);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
