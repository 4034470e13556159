/** What a joiner may stand between. */
const LETTER = "[\\p{L}\\p{M}\\p{N}]";

/** The scripts of which some words need a joiner (U+200C, U+200D): cursive ones, and those that join consonants. */
const JOINING = scripts(
  "Adlm Arab Mand Mani Mong Nkoo Phag Rohg Sogd Syrc",
  "Bali Beng Cakm Deva Gran Gujr Guru Java Khmr Knda Lana Laoo Lepc Limb Mlym Mtei Mymr Newa Orya Sinh Sund Sylo Taml Telu",
  "Thai Tibt Tirh",
);
/** The scripts that write words without spaces, and where a line may break between them with U+200B. */
const UNSPACED = scripts("Bali Java Khmr Lana Laoo Mymr Tale Thai");
/** Viramas, after which a joiner says how the consonant is drawn, at the end of a word too. */
const VIRAMA =
  "[\\u094D\\u09CD\\u0A4D\\u0ACD\\u0B4D\\u0BCD\\u0C4D\\u0CCD\\u0D3B\\u0D3C\\u0D4D\\u0DCA\\u{11442}\\u{114C2}]";

/** Invisible characters where a script or an emoji needs them. */
const NEEDED = [
  `(?<=${LETTER})[\\u200C\\u200D](?=${JOINING})`,
  `(?<=${JOINING})[\\u200C\\u200D](?=${LETTER})`,
  `(?<=${VIRAMA})[\\u200C\\u200D]`,
  `(?<=${LETTER})\\u200B(?=${UNSPACED})`,
  `(?<=${UNSPACED})\\u200B(?=${LETTER})`,
  "(?<=[\\p{L}&&\\p{Script=Mongolian}])[\\u180B-\\u180F]",
  "\\p{RGI_Emoji_Tag_Sequence}",
  "\\p{Emoji_Keycap_Sequence}",
  "\\p{ExtPict}\\p{EMod}?[\\uFE0E\\uFE0F]?(?:\\u200D\\p{ExtPict}\\p{EMod}?\\uFE0F?)*",
].join("|");

/** Marks and controls of the Unicode Bidirectional Algorithm. */
const DIRECTION = "[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]";
const INVISIBLE = "[\\p{Cf}\\p{DI}\\u2800]";
const TAGS = "[\\u{E0000}-\\u{E007F}]";

/** What a line may not have, but where it is needed; most have none of it. */
export const SUSPECT_IN_LINE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{NChar}\p{Zl}\p{Zp}\p{DI}\u2800]/v;

/** Finds in a line what is needed, and in a group named after its rule what is not taken. */
export const IN_LINE = new RegExp(
  `${NEEDED}|(?<control>[\\p{Cc}\\p{Zl}\\p{Zp}])|(?<direction>${DIRECTION})|(?<invisible>${INVISIBLE})` +
    "|(?<meaning>[\\p{Cs}\\p{Co}\\p{NChar}])",
  "gv",
);

/** As SUSPECT_IN_LINE, for paragraphs. */
export const SUSPECT_IN_PARAGRAPHS =
  /[[\p{Cc}--[\t\n\r]]\u202A-\u202E\u2066-\u2069\p{Cs}\p{NChar}\u{E0000}-\u{E007F}]/v;

/** As IN_LINE, for paragraphs. */
export const IN_PARAGRAPHS = new RegExp(
  `\\p{RGI_Emoji_Tag_Sequence}|(?<control>[\\p{Cc}--[\\t\\n\\r]])|(?<direction>[\\u202D\\u202E])` +
    `|(?<invisible>${TAGS})|(?<meaning>[\\p{Cs}\\p{NChar}])`,
  "gv",
);

/** Letters, digits, punctuation and symbols that leave something on the page. */
export const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--\p{DI}--\u2800]/v;

function scripts(...codes: string[]): string {
  const all = codes.join(" ").split(" ");
  return `[[${LETTER}--[\\u0300-\\u036F]]&&[${all.map((code) => `\\p{scx=${code}}`).join("")}]]`;
}
