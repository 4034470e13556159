import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";

export type { RateLimiterRes };

/** Counts by key, and rejects with a RateLimiterRes what is too much. */
export interface MemoryLimiter {
  consume(key: string): Promise<RateLimiterRes>;
}

/** The most keys of one rule; beyond it, the least recently seen is dropped. */
const KEYS_MAX = 50_000;

/** Counts in this process, in bounded memory. */
export function memoryLimiter(points: number, seconds: number, keysMax = KEYS_MAX): MemoryLimiter {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  const seen = new Set<string>();
  return {
    async consume(key) {
      seen.delete(key);
      const [oldest] = seen.size >= keysMax ? seen : [];
      if (oldest !== undefined) {
        seen.delete(oldest);
        await limiter.delete(oldest);
      }
      seen.add(key);
      return limiter.consume(key);
    },
  };
}
