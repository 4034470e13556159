import { JSON_TYPES, type Link, OPENAPI_TYPE } from "./answer.ts";

const CONFORMS_TO = ["core", "geojson", "oas30"].map(
  (it) => `http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/${it}`,
);

/** What this is, and where to go. */
export function landingPage(base: string): object {
  const [type = ""] = JSON_TYPES;
  const at = (path: string, rel: string, title: string, media = type): Link => ({
    href: `${base}/ogc${path}`,
    rel,
    type: media,
    title,
  });
  return {
    title: "Tessera",
    description:
      "Features for programs for maps. A request with a key shows what its owner may see, one without what everybody may.",
    links: [
      at("", "self", "This document"),
      at("/api", "service-desc", "The API", OPENAPI_TYPE),
      at("/conformance", "conformance", "The standards that this API implements"),
      at("/collections", "data", "The collections of features"),
    ],
  };
}

/** The standards that this API implements. */
export function conformance(): object {
  return { conformsTo: CONFORMS_TO };
}
