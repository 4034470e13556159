import { setTimeout as sleep } from "node:timers/promises";
import { signIn } from "../bench/ground.ts";
import type { System } from "../system.ts";

/** One mapper, signed in. */
export interface Person {
  userId: string;
  /** A token that is good for some minutes more. Signs in again when the last one grows old. */
  token(): Promise<string>;
}

/** Access tokens live ten minutes. */
const RENEW_AFTER_MS = 5 * 60_000;
/** Whatever is being restarted comes back within TRIES_MAX pauses. */
const TRIES_MAX = 120;
const PAUSE_MS = 250;

/** Signs in mapper-1 to mapper-`count`. */
export async function gatherPeople(system: System, count: number): Promise<Person[]> {
  const people: Person[] = [];
  for (let index = 1; index <= count; index++) people.push(await personNamed(system, `mapper-${index}`));
  return people;
}

async function personNamed(system: System, name: string): Promise<Person> {
  let token = await signIn(system, name);
  let renewedAt = performance.now();
  return {
    userId: subjectOf(token),
    token: async () => {
      if (performance.now() - renewedAt > RENEW_AFTER_MS) {
        token = await signInPatiently(system, name);
        renewedAt = performance.now();
      }
      return token;
    },
  };
}

async function signInPatiently(system: System, name: string): Promise<string> {
  for (let tries = 1; tries < TRIES_MAX; tries++) {
    try {
      return await signIn(system, name);
    } catch {
      await sleep(PAUSE_MS);
    }
  }
  return signIn(system, name);
}

function subjectOf(token: string): string {
  const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return (JSON.parse(claims) as { sub: string }).sub;
}
