const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};
const ESCAPED = /[&<>"'\t\n\r]/g;
/** What no document of XML 1.0 may have, not even escaped: other control characters, halves of surrogate pairs, U+FFFE and U+FFFF. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Text as it stands in an element or an attribute of XML 1.0. What XML cannot carry is replaced by U+FFFD. */
export function xmlText(text: string): string {
  return text.replace(FORBIDDEN, "\ufffd").replace(ESCAPED, (it) => ESCAPES[it] as string);
}

/** The declaration that begins every document. */
export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A place on the ground as attributes, to about a centimetre. */
export function placeAttributes(longitude: number, latitude: number): string {
  return `lat="${degrees(latitude)}" lon="${degrees(longitude)}"`;
}

/** The decimals of OpenStreetMap. */
const DECIMALS = 7;

function degrees(value: number): string {
  const text = value.toFixed(DECIMALS);
  return text === "-0.0000000" ? "0.0000000" : text;
}
