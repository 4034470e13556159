import { parseArgs } from "node:util";
import { compareAll } from "./differential.ts";

/** `npm run differential -w packages/geometry` compares 100,000 areas; `-- --from 4711 --areas 1` one of them again. */
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
  const { areas, valid, tallies } = compareAll(Number(values.seed), numbers);
  console.log(`${areas} areas, ${valid} valid`);
  for (const [name, { agreed, unanswered, differences }] of tallies) {
    console.log(
      `${name}: ${agreed} agreed, ${differences.length} differed, ${unanswered} without an answer of jsts`,
    );
    for (const { number, kind, text } of differences.slice(0, 20))
      console.log(`  ${number} (${kind}): ${text}`);
    if (differences.length > 0) process.exitCode = 1;
  }
}
