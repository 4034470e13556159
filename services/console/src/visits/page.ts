import type { Content, Html } from "../html/html.ts";

/** What a GET is answered with: the middle of a page; the frame around it is the same for all. */
export interface Page {
  title: string;
  body: Html;
  /** 200 unless given. */
  status?: number;
  /** Parts that are asked for alone, by their element's id: what htmx swaps. Made only if asked for. */
  parts?: Record<string, () => Html>;
  /** The way from the home page to this one. */
  trail?: readonly Crumb[];
  /** Scripts of the browser folder that the page needs: "task-map". */
  scripts?: readonly string[];
  /** Links in the head, such as the same resource for programs. */
  alternates?: Content;
  /** A page that is as wide as its window, such as one with a map beside a list. */
  wide?: boolean;
}

/** One step of the way to a page. */
export interface Crumb {
  href: string;
  name: string;
}

/** An answer that is no page: a picture, a tile, a document for a script. */
export interface Raw {
  contentType: string;
  bytes: string | Uint8Array<ArrayBuffer>;
  status?: number;
  headers?: Record<string, string>;
}

/** What a form is answered with once it is done: the next page, and what that says has happened. */
export interface Done {
  see: string;
  /** A key of the notices (texts/en/notices.ts). */
  notice?: string;
  /** Cookies to set, whole. */
  cookies?: readonly string[];
}
