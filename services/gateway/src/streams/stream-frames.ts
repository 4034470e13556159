import type { DescField, Message } from "@bufbuild/protobuf";
import { csvWriter } from "../documents/csv.ts";
import {
  type Chosen,
  documentText,
  elementsOf,
  featureText,
  rowWriter,
  shownText,
} from "../documents/document.ts";
import {
  type EditorFeature,
  editorFeatureReader,
  type ReadEditorFeature,
} from "../documents/editor-feature.ts";
import { featureWriter } from "../documents/feature.ts";
import { GPX_CLOSING, GPX_OPENING, trackText } from "../documents/gpx.ts";
import type { Form } from "../documents/negotiate.ts";
import { OSM_CLOSING, OSM_OPENING, osmElements } from "../documents/osm-xml.ts";
import type { WriteMessage } from "../documents/wire-json.ts";
import type { Problem } from "../problems/problem.ts";
import { fieldValue } from "../requests/field-value.ts";
import type { Route } from "../routes/route.ts";

/** How a stream of messages is written in one form. */
export interface Frames {
  opening: string;
  frame(message: Message): string;
  closing: string;
  /** Ends a stream that failed. Without it the form cannot say so truthfully, and the connection is cut. */
  failure?(problem: Problem): string;
  /** Shows that the connection lives while there is nothing to say. */
  heartbeat?: string;
}

/** After how many milliseconds a browser connects again. */
const RETRY_MS = 2_000;

/** Makes the frames of one stream. They may keep count, so each stream has its own. */
export function framesOf(route: Route, form: Form, chosen?: Chosen): Frames {
  if (form === "sse") return serverSentEvents(route);
  if (form === "geojson") return featureCollection(route, chosen);
  if (form === "csv") return rowsOfCsv(route, chosen);
  if (form === "gpx") return editorFrames(route, chosen, { ...GPX, write: trackText });
  if (form === "osm") return editorFrames(route, chosen, { ...OSM, write: osmElements() });
  return newlineDelimited(route, chosen);
}

const GPX = { opening: GPX_OPENING, closing: GPX_CLOSING };
const OSM = { opening: OSM_OPENING, closing: OSM_CLOSING };

function rowsOfCsv({ shown }: Route, chosen: Chosen): Frames {
  const rows = shown.field as DescField;
  const { names, lines } = csvWriter(rows, chosen);
  return { opening: names, frame: lines, closing: "" };
}

function editorFrames(
  { shown }: Route,
  chosen: Chosen,
  { write, ...ends }: { opening: string; closing: string; write: (feature: EditorFeature) => string },
): Frames {
  const rows = shown.field as DescField;
  let read: ReadEditorFeature | undefined;
  return {
    ...ends,
    frame: (message) => {
      read ??= editorFeatureReader(shown.desc, rows, chosen);
      return elementsOf(rows, message, read).map(write).join("");
    },
  };
}

function serverSentEvents({ shown, position }: Route): Frames {
  return {
    opening: `retry: ${RETRY_MS}\n\n`,
    frame: (message) =>
      `${idLine(position && fieldValue(message, position))}data: ${shownText(shown, message)}\n\n`,
    closing: "",
    failure: (problem) => `event: problem\ndata: ${JSON.stringify(problem)}\n\n`,
    heartbeat: ": still here\n\n",
  };
}

/** A position with a line break in it would begin a line of its own. */
function idLine(position: unknown): string {
  return typeof position === "string" && !/[\0\r\n]/.test(position) ? `id: ${position}\n` : "";
}

function newlineDelimited({ shown }: Route, chosen: Chosen): Frames {
  const { desc, field, list } = shown;
  let write: WriteMessage | undefined;
  return {
    opening: "",
    frame: (message) => {
      if (!list || field === undefined) return lineOf(documentOf(shown, message));
      write ??= rowWriter(field, chosen);
      return elementsOf(field, message, write).map(lineOf).join("");
    },
    closing: "",
    failure: (problem) => lineOf(JSON.stringify({ problem })),
  };

  function documentOf(of: typeof shown, message: Message): string | undefined {
    if (of.field === undefined) return documentText(desc, message);
    const value = fieldValue(message, of.field) as Message | undefined;
    return value && documentText(desc, value, of.field);
  }
}

function lineOf(text: string | undefined): string {
  return text === undefined ? "" : `${text}\n`;
}

function featureCollection({ shown: { desc, field, list } }: Route, chosen: Chosen): Frames {
  // Made when it is needed: what is kept is sent without it.
  let write: WriteMessage | undefined;
  let separator = "";
  const features = (message: Message): string[] => {
    if (field === undefined) return [featureText(desc, message)];
    if (list) {
      write ??= featureWriter(desc, field, chosen);
      return elementsOf(field, message, write);
    }
    const value = fieldValue(message, field) as Message | undefined;
    return value === undefined ? [] : [featureText(desc, value, field)];
  };
  return {
    opening: '{"type":"FeatureCollection","features":[',
    frame: (message) => {
      const texts = features(message);
      if (texts.length === 0) return "";
      const text = `${separator}${texts.join(",\n")}`;
      separator = ",\n";
      return text;
    },
    closing: "]}\n",
  };
}
