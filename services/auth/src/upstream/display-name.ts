/** A display name is cut here, in UTF-16 code units; no identity provider that we know allows more. */
export const NAME_MAX_LENGTH = 255;

/** Controls, lone halves of surrogate pairs, line breaks, and what turns the direction of the text around it. */
const UNWANTED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** Any Unicode text as a name: NFC, on one line, without controls, bounded between two characters. */
export function displayName(text: string): string {
  // So much text makes a name of the greatest length whatever is removed; more is not looked at.
  const cleaned = text
    .slice(0, 16 * NAME_MAX_LENGTH)
    .replace(/\s+/gu, " ")
    .replace(UNWANTED, "")
    .normalize("NFC")
    .trim();
  if (cleaned.length <= NAME_MAX_LENGTH) return cleaned;
  let name = "";
  for (const { segment } of graphemes.segment(cleaned)) {
    if (name.length + segment.length > NAME_MAX_LENGTH) break;
    name += segment;
  }
  return name.trim() || cleaned.slice(0, NAME_MAX_LENGTH).replace(UNWANTED, "");
}
