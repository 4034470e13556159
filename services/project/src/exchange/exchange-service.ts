import type { ServiceImpl } from "@connectrpc/connect";
import type { ExchangeService } from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import type { Deps } from "../deps.ts";
import { exportProject } from "./export-project.ts";
import { importProject } from "./import-project.ts";

/** Implements tessera.project.v1.ExchangeService. */
export function exchangeService(deps: Deps): ServiceImpl<typeof ExchangeService> {
  return {
    exportProject: exportProject(deps),
    importProject: importProject(deps),
  };
}
