import type { DescService } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import type { Log } from "@tessera/runtime/log.ts";
import type { Assets } from "./assets/assets.ts";
import type { Sealed } from "./session/sealed.ts";
import type { SignInWays } from "./session/sign-in-ways.ts";

/** What pages are made with. */
export interface Deps {
  /** The connection to the service that has an RPC. */
  transportFor(service: DescService): Transport;
  assets: Assets;
  /** What cookies are encrypted with. */
  sealed: Sealed;
  signIn: SignInWays;
  /** Where people reach the pages: an origin. */
  publicUrl: string;
  baseMap: BaseMap | undefined;
  /** The largest file that a form may carry, in bytes. */
  fileMaxBytes: number;
  pseudoLanguages: boolean;
  log: Log;
}

/** Raster tiles under the maps. */
export interface BaseMap {
  /** With {z}, {x} and {y}. */
  url: string;
  /** The names that must be shown for them; "" for none. */
  attribution: string;
}
