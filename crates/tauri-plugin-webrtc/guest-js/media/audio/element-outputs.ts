// Which output each media element plays on (W3C audio-output, 2.1), where the engine knows none.
//
// Invariant: an element's choice is of an output that was there when it was made. What the engine
// plays itself stays where the system has it; received sound goes where its element says.

/** Where there is an output of this id. */
export type FindOutput = (id: string) => Promise<boolean>;

export class ElementOutputs {
  readonly #find: FindOutput;
  readonly #changed: (element: HTMLMediaElement) => void;
  readonly #chosen = new WeakMap<HTMLMediaElement, string>();

  constructor(find: FindOutput, changed: (element: HTMLMediaElement) => void) {
    this.#find = find;
    this.#changed = changed;
    this.#give();
  }

  /** Empty for the system's own choice. */
  of(element: HTMLMediaElement): string {
    return this.#chosen.get(element) ?? '';
  }

  async #choose(element: HTMLMediaElement, id: string): Promise<void> {
    if (this.of(element) === id) return;
    if (id !== '' && !(await this.#find(id))) {
      throw new DOMException('There is no such audio output.', 'NotFoundError');
    }
    this.#chosen.set(element, id);
    this.#changed(element);
  }

  #give(): void {
    const of = (element: HTMLMediaElement): string => this.of(element);
    const choose = (element: HTMLMediaElement, id: string): Promise<void> =>
      this.#choose(element, id);
    Object.defineProperties(HTMLMediaElement.prototype, {
      sinkId: {
        configurable: true,
        enumerable: true,
        get(this: HTMLMediaElement): string {
          return of(this);
        },
      },
      setSinkId: {
        configurable: true,
        enumerable: true,
        writable: true,
        value(this: HTMLMediaElement, id: unknown): Promise<void> {
          return choose(this, String(id));
        },
      },
    });
  }
}
