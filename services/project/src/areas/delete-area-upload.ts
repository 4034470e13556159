import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { areaUploadNotFound } from "./refusals.ts";
import { deleteUpload } from "./store.ts";

/** Implements tessera.project.v1.AreaService.DeleteAreaUpload. */
export const deleteAreaUpload = ({ store }: Deps) =>
  command(AreaService.method.deleteAreaUpload, async ({ areaUploadId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const deleted = await deleteUpload(tx, areaUploadId, attempt.caller.userId);
      if (!deleted) throw areaUploadNotFound(areaUploadId);
      return { name: `area-uploads/${areaUploadId}`, revision: 2n };
    });
  });
