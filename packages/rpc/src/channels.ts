import { type ChannelCredentials, type ChannelOptions, Client, connectivityState } from "@grpc/grpc-js";

/** A connection carries this many calls at once: fewer than a server lets it have, so that none waits for another. */
const CALLS_PER_CONNECTION = 100;
/** There are at most this many connections to one address; beyond, calls wait for each other. */
const CONNECTIONS_MAX = 100;
/** After how many milliseconds without a call a connection is closed. */
const IDLE_MS = 60_000;
/** At most this many connections are being opened at once because others took long. */
const LATE_MAX = 3;
/** A connection that has been opening for longer than this is given up when no call waits for it, in milliseconds. */
const OPENING_MAX_MS = 30_000;

/** One connection for one call: `done` releases it. */
export interface Channel {
  client: Client;
  /** Whether it is still being opened, so that nothing was sent on it yet. */
  isOpening(): boolean;
  /** Other calls take another connection until this one is open. */
  isLate(): void;
  done(): void;
}

/** As many connections to one address as its calls need: streams that stay open for hours keep nobody out. */
export interface Channels {
  take(): Channel;
  isClosed(): boolean;
  close(): void;
}

interface Opened {
  client: Client;
  sinceMs: number;
  underWay: number;
  isLate: boolean;
}

/** Opens the first connection; others follow when it is full or does not open, and are closed when they are idle. */
export function channels(
  address: string,
  credentials: ChannelCredentials,
  options: ChannelOptions,
): Channels {
  const open = (): Opened => {
    const client = new Client(address, credentials, {
      ...options,
      "grpc.client_idle_timeout_ms": IDLE_MS,
      // Of channels with the same options grpc-js would make one connection.
      "grpc.use_local_subchannel_pool": 1,
    });
    return { client, sinceMs: Date.now(), underWay: 0, isLate: false };
  };
  let opened = [open()];
  let isClosed = false;
  const mayOpen = () => opened.length < CONNECTIONS_MAX && opened.filter(isLate).length < LATE_MAX;
  const giveUp = (channel: Opened) => {
    if (channel.underWay > 0 || !isLate(channel) || Date.now() - channel.sinceMs < OPENING_MAX_MS) return;
    opened = opened.filter((it) => it !== channel);
    channel.client.close();
  };
  const found = (): Opened => {
    const free = opened.find((it) => it.underWay < CALLS_PER_CONNECTION && !isLate(it));
    if (free !== undefined) return free;
    if (mayOpen()) {
      const added = open();
      opened.push(added);
      return added;
    }
    return opened.reduce((one, other) => (other.underWay < one.underWay ? other : one));
  };
  return {
    take: () => {
      const channel = found();
      channel.underWay += 1;
      let returned = false;
      return {
        client: channel.client,
        isOpening: () => isOpening(channel),
        isLate: () => {
          channel.isLate = true;
        },
        done: () => {
          if (!returned) channel.underWay -= 1;
          returned = true;
          giveUp(channel);
        },
      };
    },
    isClosed: () => isClosed,
    close: () => {
      isClosed = true;
      for (const { client } of opened) client.close();
    },
  };
}

/** Whether a connection took long to open, and is not open now. */
function isLate(channel: Opened): boolean {
  return channel.isLate && isOpening(channel);
}

function isOpening({ client }: Opened): boolean {
  return client.getChannel().getConnectivityState(false) === connectivityState.CONNECTING;
}
