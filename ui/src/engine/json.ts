// Reading what others wrote: nothing here trusts a value to be what it should be.

const LONGEST_ID = 256;

/** Null for what is no JSON, as for JSON's own null. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readId(value: unknown): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_ID ? value : null;
}
