import type { Message } from "@bufbuild/protobuf";
import {
  type Chosen,
  documentText,
  elementTexts,
  featureText,
  rowWriter,
  shownText,
} from "../documents/document.ts";
import { featureWriter } from "../documents/feature.ts";
import type { Form } from "../documents/negotiate.ts";
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
  return form === "geojson" ? featureCollection(route, chosen) : newlineDelimited(route, chosen);
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
      return elementTexts(field, message, write).map(lineOf).join("");
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
      return elementTexts(field, message, write);
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
