// Event handler attributes (`onopen` and others; HTML, 8.1.8.1).

type Handler = ((event: Event) => unknown) | null;

function isHandler(value: unknown): value is NonNullable<Handler> {
  return typeof value === 'function';
}

const handlers = new WeakMap<EventTarget, Map<string, Handler>>();

/** Defines an event handler attribute for each of these events. */
export function defineHandlers(owner: { prototype: EventTarget }, types: readonly string[]): void {
  for (const type of types) {
    Object.defineProperty(owner.prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: EventTarget): Handler {
        return handlers.get(this)?.get(type) ?? null;
      },
      set(this: EventTarget, handler: unknown) {
        setHandler(this, type, isHandler(handler) ? handler : null);
      },
    });
  }
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
