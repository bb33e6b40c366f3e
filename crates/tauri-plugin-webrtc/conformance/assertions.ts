// Assertions, and the scope that cleans up after a test.
//
// Invariant: a failed assertion ends its own test and no other.

/** One test. It passes when it ends without an error. */
export type Test = (scope: Scope) => Promise<void> | void;

/** The tests of one subject, by name. */
export interface Subject {
  readonly name: string;
  readonly tests: Readonly<Record<string, Test>>;
}

/** Default timeout. */
const TIMEOUT_MS = 10_000;

let assertions = 0;

/** Number of assertions since the page was loaded. */
export function assertionsMade(): number {
  return assertions;
}

/** Objects of one test, closed at its end. */
export class Scope {
  readonly #endings: (() => void)[] = [];

  /** A connection that closes at the end of the test. */
  connection(configuration?: RTCConfiguration): RTCPeerConnection {
    const connection = new RTCPeerConnection(configuration);
    this.atEnd(() => {
      connection.close();
    });
    return connection;
  }

  /** Two connections. */
  pair(configuration?: RTCConfiguration): readonly [RTCPeerConnection, RTCPeerConnection] {
    return [this.connection(configuration), this.connection(configuration)];
  }

  atEnd(ending: () => void): void {
    this.#endings.push(ending);
  }

  end(): void {
    for (const ending of this.#endings.toReversed()) ending();
  }
}

export function ok(condition: boolean, what: string): asserts condition {
  assertions += 1;
  if (!condition) throw new Error(`${what}: it is not so`);
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  assertions += 1;
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is} where ${should} was expected`);
}

/** Returns the value and fails if it is missing. */
export function must<T>(value: T | null | undefined, what: string): T {
  assertions += 1;
  if (value === null || value === undefined) throw new Error(`${what} is missing`);
  return value;
}

/** Expects an error of this name. */
export function throws(name: string, action: () => unknown, what: string): void {
  assertions += 1;
  let value: unknown;
  try {
    value = action();
  } catch (error) {
    expectName(error, name, what);
    return;
  }
  throw new Error(`${what}: gave ${String(value)} where ${name} was expected`);
}

/** Expects a rejection with an error of this name. */
export async function rejects(
  name: string,
  promise: Promise<unknown>,
  what: string,
): Promise<void> {
  assertions += 1;
  let value: unknown;
  try {
    value = await within(promise, what);
  } catch (error) {
    expectName(error, name, what);
    return;
  }
  throw new Error(`${what}: fulfilled with ${String(value)} where ${name} was expected`);
}

/** The next event of this type. Call it before the action that fires it. */
export async function next<E extends Event = Event>(
  target: EventTarget,
  type: string,
  what = `the event ${type}`,
): Promise<E> {
  const event = await within(
    new Promise<Event>((resolve) => {
      target.addEventListener(type, resolve, { once: true });
    }),
    what,
  );
  assertions += 1;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type's name says the class
  return event as E;
}

/** Records the types of all events from now on. */
export function record(target: EventTarget, ...types: readonly string[]): string[] {
  const seen: string[] = [];
  for (const type of types) target.addEventListener(type, () => seen.push(type));
  return seen;
}

/** Waits until the condition holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeout = TIMEOUT_MS,
): Promise<void> {
  assertions += 1;
  const end = performance.now() + timeout;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${timeout} ms: ${what}`);
    await sleep(10);
  }
}

/** Waits while something is measured, or is expected not to happen. */
export async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** The promise's value, or an error after the timeout. */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  timeout = TIMEOUT_MS,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not within ${timeout} ms: ${what}`));
    }, timeout);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function expectName(error: unknown, name: string, what: string): void {
  const actual =
    error instanceof Error || error instanceof DOMException ? error.name : typeof error;
  if (actual === name) return;
  throw new Error(`${what}: ${actual} (${String(error)}) where ${name} was expected`);
}
