// Type-safe reading of JSON from others.

const LONGEST_ID = 256;

/** Null if the text is not JSON, or is JSON `null`. */
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

export function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}
