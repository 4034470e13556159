import fc from "fast-check";

/** Property tests make the same inputs in every run, so that a build fails only for what changed in it. */
const SEED = 1;

/** PROPERTY_SEED is another seed, as fast-check prints it for a test that fails, or "random". */
const given = process.env.PROPERTY_SEED ?? String(SEED);
if (given !== "random") {
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new Error(`PROPERTY_SEED is no whole number and not "random": ${given}`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}
