// Timeout of a ringing call.

/** Longer than the caller's timeout, which normally ends the call at both ends. */
export const MISSED_TIMEOUT_MS = 50_000;
