/** The faults that the console itself finds in a request. */
export type FaultStatus = 400 | 403 | 404 | 405 | 406 | 413 | 415;

/** A request that the console refuses by itself: each status has its sentence in the texts of the frame. */
export class PageFault extends Error {
  override readonly name = "PageFault";
  readonly status: FaultStatus;

  constructor(status: FaultStatus) {
    super(`refused with ${status}`);
    this.status = status;
  }
}
