import type { HandlerContext } from "@connectrpc/connect";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type ClaimTaskRequest, LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Step } from "../tasks/change-columns.ts";
import { type ChangeDeps, freeLapsed } from "../tasks/change-task.ts";
import type { Known } from "../tasks/task.ts";
import type { Offered } from "./claim.ts";
import type { Claim, Offer, offerTasks } from "./offer-tasks.ts";

/**
 * Each process chooses for itself, and two that choose in the same order choose the same task: one of them loses, again
 * and again. Each time somebody got a task, so that it comes to an end.
 */
const ATTEMPTS_MAX = 20;

/** A claim, as it runs. */
interface ClaimCommand {
  request: ClaimTaskRequest;
  context: Pick<HandlerContext, "values" | "signal">;
  ask: () => Promise<Access>;
  /** Whether the caller's own mapping will do where there is no other. */
  ownWillDo: (access: Access) => boolean;
  /** Decides on one of the tasks that are offered, or refuses. Undefined: look again. */
  decide: (known: Known, offered: Offered, access: Access) => Step | undefined;
}

/** Runs a claim: what is read and what is offered come at the same time, then the first that can be is locked. */
export function claimTask({ read, run, expire }: ChangeDeps, offer: ReturnType<typeof offerTasks>) {
  return ({ request, context, ask, ownWillDo, decide }: ClaimCommand) => {
    const { projectId, purpose } = request;
    const caller = callerOf(context);
    const claim: Claim = { ...request, holder: caller.userId, own: false };
    let round: Round = { offers: [], isOver: false };
    const offered = async (what: Claim): Promise<Offer> => {
      const mine = round;
      const made = await offer(what);
      // An offer may come after the read that it was made beside has failed, and the try with it.
      if (mine.isOver) made.settle();
      else mine.offers.push(made);
      return made;
    };
    return run<
      typeof LockService.method.claimTask.input,
      typeof LockService.method.claimTask.output,
      Found,
      Access
    >({
      method: LockService.method.claimTask,
      request,
      context,
      turn: `claim/${projectId}`,
      attemptsMax: ATTEMPTS_MAX,
      read: async (key) => {
        const [known, first] = await Promise.all([
          read({ key, taskId: 0, holder: caller.userId, purpose }),
          offered(claim),
        ]);
        await freeLapsed(known, expire);
        return { ...known, first };
      },
      ask,
      decide: async (known, access) => {
        const enough = known.first.some || !ownWillDo(access);
        const chosen = decide(known, enough ? known.first : await offered({ ...claim, own: true }), access);
        return chosen && [chosen];
      },
      answer: ([only]) => {
        const { task } = (only as Step).change;
        return {
          name: `projects/${task.projectId}/tasks/${task.taskId}/lock`,
          revision: task.revision,
          response: {
            taskId: task.taskId,
            token: task.lock?.token ?? 0n,
            ...(task.lock?.expireTime && { expireTime: task.lock.expireTime }),
          },
        };
      },
      settle: () => {
        round.isOver = true;
        for (const made of round.offers) made.settle();
        round = { offers: [], isOver: false };
      },
    });
  };
}

/** The offers of one try. */
interface Round {
  offers: Offer[];
  isOver: boolean;
}

interface Found extends Known {
  first: Offer;
}
