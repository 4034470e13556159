import { untilDecided } from "@tessera/rpc/until-decided.ts";
import { signIn } from "../bench/ground.ts";
import { Problem } from "../rest-client.ts";
import type { System } from "../system.ts";

/** One mapper, signed in. */
export interface Person {
  userId: string;
  /** A token that is valid for some minutes more. Signs in again when the last one grows old. */
  token(): Promise<string>;
}

/** Access tokens live ten minutes. */
const RENEW_AFTER_MS = 5 * 60_000;

/** Signs in mapper-1 to mapper-`count`. */
export async function gatherPeople(system: System, count: number): Promise<Person[]> {
  const people: Person[] = [];
  for (let index = 1; index <= count; index++) people.push(await personNamed(system, `mapper-${index}`));
  return people;
}

async function personNamed(system: System, name: string): Promise<Person> {
  let token = await signInPatiently(system, name);
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

/** Signs in, also while what is asked for it is being restarted. */
export function signInPatiently(system: System, name: string): Promise<string> {
  return untilDecided(
    () => signIn(system, name),
    (error) => (error instanceof Problem ? error.document.reason : undefined),
  );
}

function subjectOf(token: string): string {
  const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return (JSON.parse(claims) as { sub: string }).sub;
}
