import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import type { Deps } from "../deps.ts";
import type { Person } from "../session/session.ts";
import type { Language } from "../texts/languages.ts";
import type { FormData } from "./form-data.ts";
import type { Done, Page, Raw } from "./page.ts";

/** One request of a browser. */
export interface Visit {
  deps: Deps;
  /** The path as it was asked for, without the query. */
  path: string;
  query: URLSearchParams;
  /** What the variables of the path stand for: the digits of `:project_id`. */
  params: Record<string, string>;
  /** What was typed; empty for a GET. */
  form: FormData;
  person: Person | undefined;
  language: Language;
  /** In which languages to ask for the texts of people, the preferred one first. */
  readerLanguages: readonly string[];
  /** Calls an RPC in the person's name. Throws a Refusal, or what the connection failed with. */
  ask<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>>;
  /** The headers that carry the person's authority, and the signal that ends with the visit, for streams. */
  call: { headers: Record<string, string>; signal: AbortSignal };
  /** The tag of what the browser has already. */
  ifNoneMatch?: string | undefined;
  /** Our cookies that came with it. */
  cookies: ReadonlyMap<string, string>;
  /** The token of this browser that forms carry. */
  formToken(): string;
  /** The form that was refused, for the page that shows it again. */
  refused: RefusedForm | undefined;
}

/** A form that was refused: its page is shown again, with what was typed and why. */
export interface RefusedForm {
  /** The form's method and path: "PUT /v1/projects/7/tasks/42/lock". */
  command: string;
  refusal: Refusal;
  form: FormData;
}

/** Shows a page, or sends the browser on to another. */
export type Show = (visit: Visit) => Promise<Page | Done>;
/** Does what a form asks for. A refusal is thrown: the frame shows the form's page again, with the reason. */
export type Act = (visit: Visit) => Promise<Done | Page>;
/** Returns what is no page. */
export type Give = (visit: Visit) => Promise<Raw>;
