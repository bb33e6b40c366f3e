// Why a received file could not be written.

export class DiskError extends Error {
  constructor(
    /** `full`: there will be room again. */
    readonly reason: 'full' | 'disk',
    options?: ErrorOptions,
  ) {
    super(reason, options);
    this.name = 'DiskError';
  }
}
