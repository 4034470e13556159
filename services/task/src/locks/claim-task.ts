import { ClaimOrder, LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { claim, ownWillDo } from "./claim.ts";
import type { Offer } from "./offer-store.ts";

/**
 * Maximum number of tries. Each process chooses for itself, and two that choose in the same order choose the same task: one
 * of them loses, again and again. Each time somebody got a task, so that it comes to an end.
 */
const ATTEMPTS_MAX = 20;

/** Implements tessera.task.v1.LockService.ClaimTask. */
export const claimTask = ({ store, projects, settings, mutex }: Deps) =>
  command(
    LockService.method.claimTask,
    async (request, attempt) => {
      const { projectId, purpose, order } = request;
      const { caller, context } = attempt;
      if (order === ClaimOrder.NEAREST) withFields(request, "longitude", "latitude");
      const offers: Promise<Offer>[] = [];
      const offer = (own: boolean): Promise<Offer> => {
        const offered = store.offerTasks({ ...request, holder: caller.userId, own });
        offers.push(offered);
        return offered;
      };
      try {
        const [known, first] = await Promise.all([store.read(attempt, { taskId: 0, purpose }), offer(false)]);
        const access = await attempt.once(() => projects.access(projectId, context));
        const enough = first.some || !ownWillDo(access, purpose);
        const offered = enough ? first : await offer(true);
        const change = claim(known, offered, caller, access, purpose, settings.slotLimits);
        if (change === undefined) return undefined;
        const { taskId, lock, revision } = change.task;
        return await store.write(attempt, [change], {
          name: `projects/${projectId}/tasks/${taskId}/lock`,
          revision,
          response: {
            taskId,
            token: lock?.token ?? 0n,
            ...(lock?.expireTime && { expireTime: lock.expireTime }),
          },
          document: () => ({ ...(lock && { lock }) }),
        });
      } finally {
        // An offer may still come after the read beside it has failed.
        for (const offered of offers) void offered.then(({ settle }) => settle()).catch(() => {});
      }
    },
    {
      again: ({ projectId }, retry) => mutex(`claim/${projectId}`, retry),
      attemptsMax: ATTEMPTS_MAX,
      shownBy: LockService.method.getLock,
    },
  );
