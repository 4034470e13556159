/** 256 bits in base64url. */
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** The cookie that ties a sign-in to the browser in which it began. */
export interface BrowserCookie {
  /** The value that the browser sent; undefined for none of ours. */
  read(header: string | undefined): string | undefined;
  /** What is set: for this host alone, out of the reach of scripts, and sent when somebody comes back by a link. */
  write(value: string): string;
}

/** As long as a sign-in takes at most, in seconds. */
const MAX_AGE_SECONDS = 600;

/** Over https no other host and no plain connection can set it, which the prefix has browsers check. */
export function browserCookie(secure: boolean): BrowserCookie {
  const name = secure ? "__Host-tessera-sign-in" : "tessera-sign-in";
  return {
    read(header) {
      const values = (header ?? "")
        .split(";")
        .map((it) => it.trim())
        .filter((it) => it.startsWith(`${name}=`))
        .map((it) => it.slice(name.length + 1));
      return values.length === 1 && VALUE.test(values[0] as string) ? values[0] : undefined;
    },
    write: (value) =>
      `${name}=${value}; Max-Age=${MAX_AGE_SECONDS}; Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`,
  };
}
