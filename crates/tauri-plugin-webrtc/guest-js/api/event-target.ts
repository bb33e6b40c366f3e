// Event handler attributes (`onopen` and others; HTML, 8.1.8.1).

type Handler = ((event: Event) => unknown) | null;

function isHandler(value: unknown): value is NonNullable<Handler> {
  return typeof value === 'function';
}

const handlers = new WeakMap<EventTarget, Map<string, Handler>>();

/** Defines an event handler attribute for each of these events. */
export function defineHandlers(owner: { prototype: EventTarget }, types: readonly string[]): void {
  for (const type of types) {
    const name = `on${type}`;
    const accessors = {
      get [name](): Handler {
        return handlers.get(checked(this, owner))?.get(type) ?? null;
      },
      set [name](handler: unknown) {
        setHandler(checked(this, owner), type, isHandler(handler) ? handler : null);
      },
    };
    const descriptor = Object.getOwnPropertyDescriptor(accessors, name);
    Object.defineProperty(owner.prototype, name, { ...descriptor, enumerable: true });
  }
}

/** The receiver of a call. Only a constructed object is an event target of the engine. */
function checked(target: unknown, owner: { prototype: EventTarget }): EventTarget {
  if (!(target instanceof EventTarget) || !isPrototypeOf(owner.prototype, target)) {
    throw new TypeError('Illegal invocation');
  }
  target.removeEventListener('', null);
  return target;
}

function isPrototypeOf(prototype: object, target: object): boolean {
  return Object.prototype.isPrototypeOf.call(prototype, target);
}

/** The first handler adds a listener. A later handler replaces it and keeps its position. */
function setHandler(target: EventTarget, type: string, handler: Handler): void {
  const own = handlers.get(target) ?? new Map<string, Handler>();
  handlers.set(target, own);
  if (!own.has(type)) {
    target.addEventListener(type, (event) => {
      const current = own.get(type);
      if (current?.call(target, event) === false) event.preventDefault();
    });
  }
  own.set(type, handler);
}
