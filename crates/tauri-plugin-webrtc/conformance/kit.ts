// The assertion kit: what a test may demand, and the scope that cleans up behind it.
//
// Invariant: a demand that is not met ends its own test and nothing else.

/** One test. It has passed when it ends without an error. */
export type Test = (scope: Scope) => Promise<void> | void;

/** Tests of one subject, by what they show. */
export interface Subject {
  readonly name: string;
  readonly tests: Readonly<Record<string, Test>>;
}

/** How long anything may take that must happen, in milliseconds. */
const PATIENCE = 10_000;

let demands = 0;

/** How many demands were made since the page was loaded. */
export function demandsMade(): number {
  return demands;
}

/** What one test opened, to be closed when it ends. */
export class Scope {
  readonly #endings: (() => void)[] = [];

  /** A connection that lasts as long as the test. */
  connection(configuration?: RTCConfiguration): RTCPeerConnection {
    const connection = new RTCPeerConnection(configuration);
    this.atEnd(() => {
      connection.close();
    });
    return connection;
  }

  /** Two of them. */
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
  demands += 1;
  if (!condition) throw new Error(`${what}: it is not so`);
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  demands += 1;
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is} where ${should} was expected`);
}

/** The value, which must be there. */
export function must<T>(value: T | null | undefined, what: string): T {
  demands += 1;
  if (value === null || value === undefined) throw new Error(`${what} is missing`);
  return value;
}

/** It must throw an error of this name. */
export function throws(name: string, action: () => unknown, what: string): void {
  demands += 1;
  let value: unknown;
  try {
    value = action();
  } catch (error) {
    expectName(error, name, what);
    return;
  }
  throw new Error(`${what}: gave ${String(value)} where ${name} was expected`);
}

/** It must be refused with an error of this name. */
export async function rejects(
  name: string,
  promise: Promise<unknown>,
  what: string,
): Promise<void> {
  demands += 1;
  let value: unknown;
  try {
    value = await within(promise, what);
  } catch (error) {
    expectName(error, name, what);
    return;
  }
  throw new Error(`${what}: fulfilled with ${String(value)} where ${name} was expected`);
}

/** The next event of this type. Ask before the action that brings it about. */
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
  demands += 1;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type's name says the class
  return event as E;
}

/** Every event of these types from now on, by type, in the order of their coming. */
export function record(target: EventTarget, ...types: readonly string[]): string[] {
  const seen: string[] = [];
  for (const type of types) target.addEventListener(type, () => seen.push(type));
  return seen;
}

/** Waits until it is so. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patience = PATIENCE,
): Promise<void> {
  demands += 1;
  const end = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${patience} ms: ${what}`);
    await stretch(10);
  }
}

/** Lets time pass over which something is measured, or is shown not to happen. */
export async function stretch(milliseconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** The promise's value, or an error when it takes too long. */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  patience = PATIENCE,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not within ${patience} ms: ${what}`));
    }, patience);
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
