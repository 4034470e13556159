// `npm run check:rest`: no change of the REST surface breaks clients of the last release.
import { lastReleased } from "@tessera/contracts/last-image.ts";
import { breakingChanges } from "./compare-documents.ts";
import { RELEASED, readReleased, releasedText } from "./released.ts";

const { text, of } = lastReleased(process.cwd(), RELEASED);
console.log(`comparing the REST surface with ${of}`);
const found = breakingChanges(readReleased(text), readReleased(releasedText()));
for (const change of found) console.error(change);
if (found.length > 0) process.exitCode = 1;
