/** A link to a resource of the gateway, as the documents at "/" and "/.well-known/api-catalog" have it. */
export interface SiteLink {
  /** A registered relation, or what the resource is where none is registered. */
  rel: string;
  /** A path. */
  href: string;
  /** The media type that is sent to a client without a preference. */
  type: string;
  title: string;
}

/** A link as the header Link has it. */
export function linkHeader({ rel, href, type }: SiteLink, site: string): string {
  return `<${site}${href}>; rel="${rel}"; type="${type.replaceAll('"', "'")}"`;
}
