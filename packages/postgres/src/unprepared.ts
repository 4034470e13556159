/**
 * Has a statement planned anew each time that it is sent, for the values that it is sent with, and kept nowhere: for
 * statements of many shapes, whose best plan depends on their values. It costs one more round trip. To be called before the
 * statement is waited for; `options` is the driver's own, which is why its version is pinned.
 */
export function unprepared<T extends object>(statement: T): T {
  (statement as { options?: { prepare?: boolean } }).options = {
    ...(statement as { options?: object }).options,
    prepare: false,
  };
  return statement;
}
