import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { BlockList } from "node:net";
import type { DescMethod } from "@bufbuild/protobuf";
import {
  type Admission,
  admission,
  Capacity,
  type Kind,
  kindOf,
  queuePerCalled,
  type Rooms,
} from "@tessera/rpc/admission/admission.ts";
import { clientAddress } from "@tessera/rpc/admission/client-address.ts";
import { type Admitted, overloaded } from "@tessera/rpc/admission/work-queue.ts";
import { ANONYMOUS, type Caller } from "@tessera/rpc/caller.ts";
import { type Exchange, hasBody } from "./exchange.ts";
import { type Quotas, type RateLimits, rateLimits, type Sort, sortOf } from "./rate-limits.ts";
import { ClientGone } from "./requests/body.ts";

/** Bodies that are not whole yet, or not worked on, have at most this many bytes together, and those of one address. */
const BODIES_MAX_BYTES = 256 * 1024 * 1024;
const BODIES_OF_ADDRESS_MAX_BYTES = 64 * 1024 * 1024;
/** One address has this part of the requests that may be under way at most. */
const ADDRESS_PART = 0.75;

/**
 * How many live pages, and forms with a file, there may be at once: in all, and of one address. Nobody is known by a token there,
 * and a room of 1,000 people may be behind one address.
 */
const PAGE_ROOMS = {
  streams: { most: 5_000, person: 2_000, address: 2_000 },
  uploads: { most: 256, person: 32, address: 32 },
};

const NOBODY = new BlockList();

/** The bounds of what is let in. */
export interface DoorwayLimits {
  /** How many requests may be under way, streams and those that wait aside. */
  requestsMax: number;
  /** The proxies whose word about a client's address is taken: none, without it. */
  trustedProxies?: BlockList;
  /** How many requests callers may send in a minute: QUOTAS unless given. */
  quotas?: Quotas;
  /** The scale of these, in percent; 0 for none of them. */
  rateLimitPercent?: number;
  /** How many streams and such may be let in at once; ROOMS unless a test says otherwise. */
  rooms?: Rooms;
}

/** Lets requests in: counted from their first byte, then by what they do and for whom. */
export class Doorway {
  readonly #limits: DoorwayLimits;
  readonly admission: Admission;
  readonly rates: RateLimits;
  readonly requests = new Shares();
  readonly bodies = new Shares();
  readonly pages = {
    streams: new Capacity(PAGE_ROOMS.streams),
    uploads: new Capacity(PAGE_ROOMS.uploads),
  };

  constructor(limits: DoorwayLimits) {
    this.#limits = limits;
    this.admission = admission(limits.rooms, queuePerCalled());
    this.rates = rateLimits(limits.quotas, limits.rateLimitPercent);
  }

  /** Begins to count a request. */
  visit(exchange: Exchange): Visit {
    const { socket, headers } = exchange.request;
    const forwarded = headers["x-forwarded-for"]?.toString();
    const { trustedProxies: trusted = NOBODY, requestsMax } = this.#limits;
    const address = clientAddress(trusted, socket.remoteAddress, forwarded);
    return new Visit(this, exchange, address, requestsMax);
  }
}

/** One request on its way in and out. */
export class Visit {
  /** The id of the request. */
  readonly id: string;
  readonly address: string;
  /** The caller, once it is known. */
  caller: Caller = ANONYMOUS;
  readonly #doorway: Doorway;
  readonly #exchange: Exchange;
  readonly #requestsMax: number;
  #place: Admitted | undefined;
  #bodyBytes = 0;
  #counted = true;

  constructor(doorway: Doorway, exchange: Exchange, address: string, requestsMax: number) {
    this.#doorway = doorway;
    this.#exchange = exchange;
    this.id = exchange.id;
    this.address = address;
    this.#requestsMax = requestsMax;
    doorway.requests.add(address, 1);
    exchange.response.on("close", () => this.#close());
  }

  /** Refuses OVERLOADED where too many requests are under way. */
  refuseTooMany(): void {
    const { requests } = this.#doorway;
    const share = Math.ceil(this.#requestsMax * ADDRESS_PART);
    if (requests.total > this.#requestsMax || requests.of(this.address) > share) throw overloaded();
  }

  /**
   * Finds who calls, and counts the request among theirs, once however many RPCs it calls. A caller that is refused is counted
   * by its address. Refuses RATE_LIMITED.
   */
  async identify(rpc: DescMethod, finding: () => Caller | Promise<Caller>): Promise<void> {
    if (this.#exchange.limits !== undefined) {
      this.caller = await finding();
      return;
    }
    const { rates } = this.#doorway;
    const sort = sortOf(rpc);
    const show = (fields: OutgoingHttpHeaders) => {
      this.#exchange.limits = fields;
    };
    try {
      this.caller = await finding();
    } catch (error) {
      await rates.spend(sort, ANONYMOUS, this.address, show);
      throw error;
    }
    await rates.spend(sort, this.caller, this.address, show);
  }

  /** Counts the request of a page among those of its address. Refuses RATE_LIMITED. */
  countPage(sort: Sort): Promise<void> {
    return this.#doorway.rates.spend(sort, ANONYMOUS, this.address, (fields) => {
      this.#exchange.limits = fields;
    });
  }

  /** The request is answered without a page: its caller is still to be found and counted. */
  forgetPage(): void {
    this.#exchange.limits = undefined;
  }

  /** Lets a page in that is followed as it changes, or a form with a file. Refuses OVERLOADED and RATE_LIMITED. */
  enterPage(kind: keyof typeof PAGE_ROOMS): void {
    if (this.#exchange.signal.aborted) throw new ClientGone();
    this.leave(false);
    const { address } = PAGE_ROOMS[kind];
    this.#place = this.#doorway.pages[kind].enter(this.address, address, kind);
    this.#uncount();
  }

  /** Keeps room for a body that is `most` bytes at most. Refuses OVERLOADED where there is none. Throws ClientGone. */
  holdBody(request: IncomingMessage, most: number): void {
    if (!hasBody(request)) return;
    // `close` has come already: nothing would release the place.
    if (this.#exchange.signal.aborted) throw new ClientGone();
    const { bodies } = this.#doorway;
    const bytes = Math.min(Number(request.headers["content-length"] ?? most), most);
    const all = bodies.total + bytes > BODIES_MAX_BYTES;
    if (all || bodies.of(this.address) + bytes > BODIES_OF_ADDRESS_MAX_BYTES) throw overloaded();
    this.#bodyBytes += bytes;
    bodies.add(this.address, bytes);
  }

  /** The body was taken in. */
  releaseBody(): void {
    this.#doorway.bodies.add(this.address, -this.#bodyBytes);
    this.#bodyBytes = 0;
  }

  /** Lets the call of an RPC in, after what waits before it. Refuses OVERLOADED and RATE_LIMITED. */
  async enter(method: DescMethod, kind: Kind = kindOf(method)): Promise<void> {
    const { caller, address } = this;
    const { signal } = this.#exchange;
    const isGone = () => signal.aborted;
    const comer = { method, caller, address: () => address, isGone };
    this.#place = await this.#doorway.admission.enter(comer, kind);
    // Gone while it waited: `close` has come already.
    if (signal.aborted) this.leave(false);
    else if (kind !== "work") this.#uncount();
  }

  /** The work is done. `isSample` is whether its time says something about the load. */
  leave(isSample: boolean): void {
    this.#place?.leave(isSample);
    this.#place = undefined;
  }

  #uncount(): void {
    if (this.#counted) this.#doorway.requests.add(this.address, -1);
    this.#counted = false;
  }

  #close(): void {
    this.leave(false);
    this.releaseBody();
    this.#uncount();
  }
}

/** How much of something there is in all, and of each. */
class Shares {
  readonly #of = new Map<string, number>();
  total = 0;

  of(key: string): number {
    return this.#of.get(key) ?? 0;
  }

  add(key: string, amount: number): void {
    if (amount === 0) return;
    this.total += amount;
    const now = this.of(key) + amount;
    if (now === 0) this.#of.delete(key);
    else this.#of.set(key, now);
  }
}
