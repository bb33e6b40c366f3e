// The output of each media element (W3C audio-output, 2.1), where the engine has no `setSinkId`.
//
// Invariant: the chosen output existed when it was chosen. Only received audio follows the choice;
// what the engine plays itself stays on the system's output.

/** Whether an output with this id exists. */
export type FindOutput = (id: string) => Promise<boolean>;

export class ElementOutputs {
  readonly #find: FindOutput;
  readonly #changed: (element: HTMLMediaElement) => void;
  readonly #chosen = new WeakMap<HTMLMediaElement, string>();

  constructor(find: FindOutput, changed: (element: HTMLMediaElement) => void) {
    this.#find = find;
    this.#changed = changed;
    this.#defineOnElements();
  }

  /** Empty: the system's choice. */
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

  #defineOnElements(): void {
    const outputOf = (element: HTMLMediaElement): string => this.of(element);
    const choose = (element: HTMLMediaElement, id: string): Promise<void> =>
      this.#choose(element, id);
    Object.defineProperties(HTMLMediaElement.prototype, {
      sinkId: {
        configurable: true,
        enumerable: true,
        get(this: HTMLMediaElement): string {
          return outputOf(this);
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
