// Takes the present REST surface as the released one, with which `npm run check:rest` compares. `npm run generate -- --release`
// runs it.
import { writeFileSync } from "node:fs";
import { RELEASED, releasedText } from "./released.ts";

writeFileSync(RELEASED, releasedText());
