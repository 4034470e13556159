import { untilDecided } from "@tessera/rpc/until-decided.ts";
import { type DoorName, type Doors, type Reply, reasonIn } from "./doors.ts";
import type { Sent } from "./work.ts";

/** At most this many are sent again at once. */
const AT_ONCE = 16;

/**
 * Sends every request again with its id: what was acknowledged must answer the same, as a replay. Returns what did
 * not.
 */
export async function replayAll(doors: Doors, sent: readonly Sent[]): Promise<string[]> {
  const broken: string[] = [];
  const queue = sent.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const it of queue) {
        const reply = await again(doors, it, "gRPC", broken);
        // The full acknowledgement is kept for the comparison with what the database remembers.
        if (it.door === "REST") await again(doors, it, "REST", broken);
        if (it.reply !== undefined && reply !== undefined) it.reply = { ...reply, ...it.reply };
      }
    }),
  );
  return broken;
}

async function again(
  doors: Doors,
  { command, person, reply: first }: Sent,
  door: DoorName,
  broken: string[],
): Promise<Reply | undefined> {
  const what = `${command.kind} of task ${command.taskId} again by ${door}`;
  try {
    const send = async () => doors[door](command, await person.token());
    const reply = await untilDecided(send, reasonIn);
    if (first !== undefined && !reply.replayed) broken.push(`${what}: not a replay`);
    if (first !== undefined && !isSame(first, reply)) {
      broken.push(`${what}: ${shown(reply)}, but first ${shown(first)}`);
    }
    return reply;
  } catch (error) {
    if (first !== undefined) broken.push(`${what}: ${error}`);
    return undefined;
  }
}

/** Compares what both say: REST does not say all. */
function isSame(first: Reply, second: Reply): boolean {
  const same = <K extends keyof Reply>(key: K) =>
    first[key] === undefined || second[key] === undefined || first[key] === second[key];
  return same("revision") && same("name") && same("commitTime") && same("lockToken");
}

function shown({ name, revision, commitTime, lockToken }: Reply): string {
  return `${name} revision ${revision} at ${commitTime}, token ${lockToken}`;
}
