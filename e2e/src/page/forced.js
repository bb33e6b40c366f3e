// States on this screen that forced colours hide: two looks that must differ and are equal.

const faults = [];
const colourOf = (element, pseudo) => getComputedStyle(element, pseudo).backgroundColor;
const nameOf = (element) => element.getAttribute('aria-label') ?? element.textContent.trim();

function differ(what, one, other) {
  if (one === other) faults.push(`${what} cannot be seen: all is ${one}.`);
}

for (const knob of document.querySelectorAll('[role="switch"]')) {
  differ('The thumb of a switch', colourOf(knob), colourOf(knob.firstElementChild));
}
const switches = [...document.querySelectorAll('[role="switch"]')];
const on = switches.find((knob) => knob.ariaChecked === 'true');
const off = switches.find((knob) => knob.ariaChecked === 'false');
if (on && off) differ('Whether a switch is on', colourOf(on), colourOf(off));

const tabs = [...document.querySelectorAll('[role="tab"]')];
const chosen = tabs.find((tab) => tab.ariaSelected === 'true');
const other = tabs.find((tab) => tab.ariaSelected !== 'true');
if (chosen && other) differ('Which tab is chosen', colourOf(chosen), colourOf(other));

const radios = [...document.querySelectorAll('fieldset label')].filter((label) => label.control?.name === 'appearance');
const picked = radios.find((label) => label.control.checked);
const left = radios.find((label) => !label.control.checked);
if (picked && left) differ('Which appearance is chosen', colourOf(picked), colourOf(left));

for (const meter of document.querySelectorAll('meter')) {
  differ('The level of the microphone', colourOf(meter.parentElement), colourOf(meter.nextElementSibling));
}
for (const status of document.querySelectorAll('[aria-label="Call status"]')) {
  if (getComputedStyle(status, '::before').content === 'none') continue;
  differ('The dot before the status', colourOf(status, '::before'), colourOf(status.parentElement));
}
for (const muted of document.querySelectorAll('button[aria-label="Unmute microphone"]')) {
  const plain = document.querySelector('button[aria-label="Settings"]');
  if (plain !== null) differ(`That a press would ${nameOf(muted)}`, colourOf(muted), colourOf(plain));
}

return faults;
