// States on a screen that forced colours hide: two looks that must differ and are equal.

export function forcedColourFaults(document: Document): readonly string[] {
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  return [
    ...switches(all('[role="switch"]')),
    ...chosen(all('[role="tab"]'), 'Which tab is chosen', (tab) => tab.ariaSelected === 'true'),
    ...chosen(
      appearances(document),
      'Which appearance is chosen',
      (label) => label.querySelector('input')?.checked === true,
    ),
    ...all('meter').flatMap((meter) =>
      differ(
        'The level of the microphone',
        colourOf(meter.parentElement),
        colourOf(meter.nextElementSibling),
      ),
    ),
    ...all('[aria-label="Call status"]').flatMap((status) =>
      getComputedStyle(status, '::before').content === 'none'
        ? []
        : differ(
            'The dot before the status',
            colourOf(status, '::before'),
            colourOf(status.parentElement),
          ),
    ),
    ...all('button[aria-label="Unmute microphone"]').flatMap((muted) => {
      const plain = document.querySelector('button[aria-label="Settings"]');
      return plain === null
        ? []
        : differ('That a press would unmute', colourOf(muted), colourOf(plain));
    }),
  ];
}

function switches(found: readonly HTMLElement[]): readonly string[] {
  return [
    ...found.flatMap((one) =>
      differ('The thumb of a switch', colourOf(one), colourOf(one.firstElementChild)),
    ),
    ...chosen(found, 'Whether a switch is on', (one) => one.ariaChecked === 'true'),
  ];
}

function chosen(
  found: readonly HTMLElement[],
  what: string,
  isChosen: (element: HTMLElement) => boolean,
): readonly string[] {
  const one = found.find(isChosen);
  const other = found.find((element) => !isChosen(element));
  return one && other ? differ(what, colourOf(one), colourOf(other)) : [];
}

function appearances(document: Document): readonly HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('fieldset label')].filter(
    (label) => label.querySelector('input[name="appearance"]') !== null,
  );
}

function colourOf(element: Element | null, pseudo?: string): string | null {
  return element === null ? null : getComputedStyle(element, pseudo).backgroundColor;
}

function differ(what: string, one: string | null, other: string | null): readonly string[] {
  return one === other ? [`${what} cannot be seen: all is ${one}.`] : [];
}
