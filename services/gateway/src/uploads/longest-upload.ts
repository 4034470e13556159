import type { DescService } from "@bufbuild/protobuf";
import { defaultMs } from "@tessera/rpc/deadline.ts";

/** How long an upload may take at most, in milliseconds; 0 where there are none. */
export function longestUploadMs(services: readonly DescService[]): number {
  const uploads = services.flatMap((it) => it.methods).filter((it) => it.methodKind === "client_streaming");
  return Math.max(0, ...uploads.map(defaultMs));
}
