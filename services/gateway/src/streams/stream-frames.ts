import type { DescField, Message } from "@bufbuild/protobuf";
import { documentText, featureText, shownText } from "../documents/document.ts";
import type { Form } from "../documents/negotiate.ts";
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
export function framesOf(route: Route, form: Form): Frames {
  if (form === "sse") return serverSentEvents(route);
  return form === "geojson" ? featureCollection(route) : newlineDelimited(route);
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

function newlineDelimited({ shown }: Route): Frames {
  return {
    opening: "",
    frame: (message) =>
      elements(shown.field, message)
        .map((it) => `${documentText(shown.desc, it, shown.field)}\n`)
        .join(""),
    closing: "",
    failure: (problem) => `${JSON.stringify({ problem })}\n`,
  };
}

function featureCollection({ shown }: Route): Frames {
  let separator = "";
  return {
    opening: '{"type":"FeatureCollection","features":[',
    frame: (message) => {
      const features = elements(shown.field, message).map((it) => featureText(shown.desc, it, shown.field));
      if (features.length === 0) return "";
      const text = `${separator}${features.join(",\n")}`;
      separator = ",\n";
      return text;
    },
    closing: "]}\n",
  };
}

/** What a message brings: itself, its one field that is shown, or each of a list. */
function elements(field: DescField | undefined, message: Message): Message[] {
  if (field === undefined) return [message];
  const value = fieldValue(message, field);
  if (Array.isArray(value)) return value as Message[];
  return value === undefined ? [] : [value as Message];
}
