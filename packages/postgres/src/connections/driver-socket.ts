import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/**
 * What the driver is given as its socket. It passes bytes both ways and hides the end of the connection from the
 * driver: the driver would connect again, send what it kept to a socket that is gone, and take the listeners off a
 * socket that may still fail. A connection that ended is thrown away together with its driver.
 */
export class DriverSocket extends EventEmitter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on("drain", () => this.emit("drain"));
    socket.on("data", (bytes) => {
      try {
        this.emit("data", bytes);
      } catch (error) {
        // The driver could not make sense of what the server said.
        socket.destroy(error as Error);
      }
    });
  }

  get readyState(): string {
    return this.#socket.readyState;
  }

  write(bytes: Buffer): boolean {
    return this.#socket.destroyed || this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
