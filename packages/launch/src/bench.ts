// `npm run bench`: side by side in one run, against one PostgreSQL. `npm run bench -- --seconds 10 --callers 1,16,64`.
import { parseArgs } from "node:util";
import { benchAreas } from "./bench/areas.ts";
import { benchIdentities } from "./bench/identity.ts";
import { benchOverload } from "./bench/overload.ts";
import type { Setting } from "./bench/report.ts";
import { benchSearch } from "./bench/search.ts";
import { benchTasks } from "./bench/tasks.ts";
import { benchUploads } from "./bench/uploads.ts";
import { temporarySystem } from "./temporary-system.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "6" }, callers: { type: "string", default: "1,16,64" } },
});

// The limits of sign-in would be what is measured.
const { system, ports, folder, end } = await temporarySystem("bench", { RATE_LIMIT_PERCENT: "0" });
const setting: Setting = {
  system,
  ports,
  folder,
  callers: values.callers.split(",").map(Number),
  forMs: Number(values.seconds) * 1_000,
};
try {
  const projectId = await benchTasks(setting);
  await benchIdentities(setting, projectId);
  await benchOverload(setting);
  await benchAreas(setting, projectId);
  await benchUploads(setting);
  await benchSearch(setting);
} finally {
  await end();
}
