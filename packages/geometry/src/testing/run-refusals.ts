import { parseArgs } from "node:util";
import { countRefusals } from "./refusals.ts";

/** `npm run refusals -w packages/geometry` cuts 100,000 areas; `-- --from 4711 --areas 1` one of them again. */
if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      from: { type: "string", default: "0" },
      areas: { type: "string", default: "100000" },
    },
  });
  const from = Number(values.from);
  const numbers = Array.from({ length: Number(values.areas) }, (_, i) => from + i);
  for (const [name, { tried, refused, changed }] of countRefusals(Number(values.seed), numbers)) {
    console.log(`${name}: ${tried} cut, ${refused.length} refused, ${changed.length} with other ground`);
    if (refused.length > 0) console.log(`  refused: ${refused.slice(0, 20).join(" ")}`);
    if (changed.length > 0) console.log(`  other ground: ${changed.slice(0, 20).join(" ")}`);
    if (refused.length + changed.length > 0) process.exitCode = 1;
  }
}
