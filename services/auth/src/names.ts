/**
 * A name as it is compared: two that people take for the same are the same. Without case (as capitals and back, so that ß is
 * ss), invisible characters, and spaces beside the one between words: what people look for has them too.
 */
export function nameKey(name: string): string {
  return name
    .replace(/[\p{Cf}\p{DI}]/gu, "")
    .toUpperCase()
    .toLowerCase()
    .normalize("NFC")
    .replace(/\s+/gu, " ")
    .trim();
}
