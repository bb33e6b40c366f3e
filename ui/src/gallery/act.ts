// Actions on a screen of the gallery before it is shown.

const POLL_MS = 10;
const GIVE_UP_MS = 10_000;

/** Actions whose element is not there yet, and those that are under way. */
let unfinished = 0;

/** Acts once the element is there. */
export function whenThere(
  root: HTMLElement,
  selector: string,
  act: (element: HTMLElement) => void | Promise<void>,
): void {
  unfinished += 1;
  const look = () => {
    const element = root.querySelector<HTMLElement>(selector);
    if (element === null) return;
    observer.disconnect();
    // The view listens after its first render.
    setTimeout(() => void Promise.resolve(act(element)).then(() => (unfinished -= 1)));
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { childList: true, subtree: true });
  look();
}

/** Waits until every action is done. False: an element did not come. */
export async function allDone(): Promise<boolean> {
  return until(() => unfinished === 0);
}

/** Waits, but not for ever. */
export async function until(isSo: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < GIVE_UP_MS; waited += POLL_MS) {
    if (isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return isSo();
}

/** Presses keys once a call is shown. */
export function pressInCall(...keys: readonly string[]): (root: HTMLElement) => void {
  return (root) =>
    whenThere(root, 'main [role="toolbar"]', () => {
      for (const key of keys)
        window.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey: /^[A-Z]$/u.test(key) }));
    });
}

/** Clicks the button with these words once it is there. */
export function clickWords(words: string): (root: HTMLElement) => void {
  return (root) =>
    whenThere(root, 'form button, main button', () => {
      const buttons = [...root.querySelectorAll('button')];
      buttons.find(({ textContent }) => textContent.trim() === words)?.click();
    });
}

/** Clicks the button with this accessible name once it is there. */
export function click(name: string): (root: HTMLElement) => void {
  return (root) => whenThere(root, `button[aria-label="${name}"]`, (button) => button.click());
}
