// WebIDL conversions (section 3.2). Every entry point of the API converts its arguments with these:
// a value becomes the type that the standard names, or a TypeError is thrown.

/** A dictionary. `undefined` and `null` convert to an empty one. */
export function toDictionary(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' && typeof value !== 'function') {
    throw new TypeError(`${name} is not an object.`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any object has members to read
  return value as Readonly<Record<string, unknown>>;
}

/** Converts a dictionary member. Only `undefined` means that it is absent. */
export function ifGiven<T>(value: unknown, convert: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : convert(value);
}

/** A required dictionary member. */
export function required<T>(
  given: Readonly<Record<string, unknown>>,
  name: string,
  convert: (value: unknown) => T,
): T {
  const value = given[name];
  if (value === undefined) throw new TypeError(`The member ${name} is required.`);
  return convert(value);
}

/** `T?` */
export function toNullable<T>(value: unknown, convert: (value: unknown) => T): T | null {
  return value === undefined || value === null ? null : convert(value);
}

/** `DOMString` */
export function toText(value: unknown): string {
  if (typeof value === 'symbol') throw new TypeError('A symbol is no text.');
  return String(value);
}

/** `USVString`: lone surrogates become U+FFFD. */
export function toScalarText(value: unknown): string {
  return toText(value).replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

/** `unsigned short` */
export function toUnsignedShort(value: unknown): number {
  return modulo(value, 2 ** 16);
}

/** `long` */
export function toLong(value: unknown): number {
  return toUnsignedLong(value) | 0;
}

/** `unsigned long` */
export function toUnsignedLong(value: unknown): number {
  return modulo(value, 2 ** 32);
}

/** `[EnforceRange] octet` or `[EnforceRange] unsigned short`, depending on the maximum. */
export function toEnforced(value: unknown, most: number, name: string): number {
  const whole = Math.trunc(toNumber(value));
  if (!(whole >= 0 && whole <= most)) {
    throw new TypeError(`${name} is a number from 0 to ${most}.`);
  }
  return whole + 0;
}

/** `double` */
export function toDouble(value: unknown, name: string): number {
  const number = toNumber(value);
  if (!Number.isFinite(number)) throw new TypeError(`${name} is a finite number.`);
  return number;
}

/** An enumeration. */
export function toEnum<T extends string>(value: unknown, values: readonly T[], name: string): T {
  const text = toText(value);
  const found = values.find((one) => one === text);
  if (found === undefined) throw new TypeError(`"${text}" is not a valid ${name}.`);
  return found;
}

/** `sequence<T>`: an iterable object, so not a string. */
export function toSequence<T>(
  value: unknown,
  convert: (value: unknown) => T,
  name: string,
): readonly T[] {
  if (!isIterable(value)) throw new TypeError(`${name} is not a list.`);
  return Array.from(value, convert);
}

/** An interface type: an instance of that class. */
export function toInstance<T>(
  value: unknown,
  kind: abstract new (...given: never[]) => T,
  name: string,
): T {
  if (!isInstance(value, kind)) throw new TypeError(`${name} is not of its class.`);
  return value;
}

/** Also for an object of another frame, whose class is another one: the engine's getters accept it
 *  (section 3.7.6). */
export function isInstance<T>(
  value: unknown,
  kind: abstract new (...given: never[]) => T,
): value is T {
  if (value instanceof kind) return true;
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.values(Object.getOwnPropertyDescriptors(kind.prototype));
  const getter = members.find((member) => member.get !== undefined)?.get;
  try {
    getter?.call(value);
    return getter !== undefined && isNative(getter);
  } catch {
    return false;
  }
}

/** A getter of a page may accept everything. */
function isNative(getter: () => unknown): boolean {
  return Function.prototype.toString.call(getter).includes('[native code]');
}

/** Throws when a method is called with too few arguments. */
export function requireArguments(given: number, least: number): void {
  if (given < least) throw new TypeError(`${least} arguments are required, ${given} are present.`);
}

/** A method that returns a promise rejects it when a conversion throws. */
export function asPromise<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return operation();
  } catch (error) {
    return Promise.reject(error);
  }
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof Reflect.get(value, Symbol.iterator) === 'function'
  );
}

/** NaN and infinities become 0; other values wrap (section 3.2.4.9). */
function modulo(value: unknown, size: number): number {
  const number = Math.trunc(toNumber(value));
  if (!Number.isFinite(number)) return 0;
  return ((number % size) + size) % size;
}

function toNumber(value: unknown): number {
  if (typeof value === 'symbol' || typeof value === 'bigint') {
    throw new TypeError(`A ${typeof value} is not a number.`);
  }
  return Number(value);
}
