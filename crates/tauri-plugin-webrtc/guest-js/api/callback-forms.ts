// The callback forms of `createOffer` and its like (W3C webrtc-pc, 4.4.3, Legacy Interface
// Extensions), told from the promise forms by the number of arguments (WebIDL, 3.6).
//
// Invariant: the promise of a callback form resolves with undefined before a callback is called. It
// is rejected for arguments that cannot be converted, and then no callback is called.

import { requireArguments } from './web-idl.ts';

/** The arguments of a method, in one of its two forms. */
export interface FormArguments {
  readonly given: unknown;
  readonly callbacks: Callbacks | null;
}

type Callback = (outcome: unknown) => unknown;

interface Callbacks {
  readonly success: Callback;
  readonly failure: Callback;
}

/** `method(given)` or `method(success, failure, given)` */
export function callbacksFirst(all: readonly unknown[]): FormArguments {
  const [success, failure] = all;
  const callbacks = all.length < 2 ? null : toCallbacks(success, failure);
  return { given: callbacks === null ? success : all[2], callbacks };
}

/** `method(given)` or `method(given, success, failure)`; nothing has two arguments. */
export function callbacksLast(all: readonly unknown[]): FormArguments {
  const [given, success, failure] = all;
  if (all.length === 2) requireArguments(2, 3);
  return { given, callbacks: all.length < 3 ? null : toCallbacks(success, failure) };
}

/** The promise that the method returns. */
export function settle<T>(outcome: Promise<T>, callbacks: Callbacks | null): Promise<T> {
  if (callbacks === null) return outcome;
  outcome.then(
    (value) => invoke(callbacks.success, value),
    (error: unknown) => invoke(callbacks.failure, error),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody's type says callbacks
  return Promise.resolve(undefined as T);
}

function toCallbacks(success: unknown, failure: unknown): Callbacks {
  if (!isCallback(success) || !isCallback(failure)) {
    throw new TypeError('A callback is not a function.');
  }
  return { success, failure };
}

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}

/** An exception of a callback is reported, as one of an event's listener is (WebIDL, 3.12). */
function invoke(callback: Callback, outcome: unknown): void {
  try {
    Reflect.apply(callback, undefined, outcome === undefined ? [] : [outcome]);
  } catch (error) {
    reportError(error);
  }
}
