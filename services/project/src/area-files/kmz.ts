import type { LinkedFile } from "./archive.ts";
import type { FileReading } from "./file-reading.ts";
import { kmlReader } from "./kml.ts";
import { parseXml, type XmlReader } from "./xml.ts";

/** Reads the main document of a KMZ archive, and the documents in the archive that it links to, each of them once. */
export async function readKmz(
  reading: FileReading,
  main: LinkedFile,
  readerFor: (root: string, kml: XmlReader) => XmlReader,
): Promise<void> {
  const found = new Set([main.name]);
  const waiting = [main];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { name, bytes, linked } = next;
    const follow = (href: string) => {
      const target = href === "" ? undefined : linked(href);
      if (target === undefined || !target.name.toLowerCase().endsWith(".kml")) return false;
      if (!found.has(target.name)) waiting.push(target);
      found.add(target.name);
      return true;
    };
    const kml = kmlReader(reading, follow);
    // The main document is what people take for the file.
    const shown = next === main ? "" : name;
    await parseXml(bytes(), (root) => readerFor(root, kml), reading.limits.depth, shown);
  }
}
