/** The folder of the numbered SQL files that make this service's schema. */
export const MIGRATIONS = new URL("../migrations/", import.meta.url);
