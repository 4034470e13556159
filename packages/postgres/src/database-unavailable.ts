/** The database cannot be asked now. It does not say whether what was sent took effect. */
export class DatabaseUnavailable extends Error {
  readonly code = "DATABASE_UNAVAILABLE";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DatabaseUnavailable";
  }
}
