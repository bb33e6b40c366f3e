// Actions on a screen of the gallery before it is shown.

/** Acts once the element is there. */
export function whenThere(
  root: HTMLElement,
  selector: string,
  act: (element: HTMLElement) => void,
): void {
  const observer = new MutationObserver(() => {
    const element = root.querySelector<HTMLElement>(selector);
    if (element === null) return;
    observer.disconnect();
    act(element);
  });
  observer.observe(root, { childList: true, subtree: true });
}

/** Presses keys once a call is shown. */
export function pressInCall(...keys: readonly string[]): (root: HTMLElement) => void {
  return (root) =>
    whenThere(root, 'main [role="toolbar"]', () =>
      // The view listens after its first render.
      setTimeout(() => {
        for (const key of keys)
          window.dispatchEvent(
            new KeyboardEvent('keydown', { key, shiftKey: /^[A-Z]$/u.test(key) }),
          );
      }),
    );
}

/** Clicks the button with this accessible name once it is there. */
export function click(name: string): (root: HTMLElement) => void {
  return (root) =>
    whenThere(root, `button[aria-label="${name}"]`, (button) => setTimeout(() => button.click()));
}
