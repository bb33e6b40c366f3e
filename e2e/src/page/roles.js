// Finds visible elements by role and accessible name, in any browser. Arguments are the role and the
// name (null: any). Returns the elements in document order.
const [wantedRole, wantedName] = arguments;

const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();

const INPUTS = {
  checkbox: 'checkbox',
  radio: 'radio',
  range: 'slider',
  button: 'button',
  submit: 'button',
  search: 'searchbox',
};

const TAGS = {
  A: (element) => (element.hasAttribute('href') ? 'link' : null),
  BUTTON: () => 'button',
  DIALOG: () => 'dialog',
  FORM: () => 'form',
  H1: () => 'heading',
  H2: () => 'heading',
  H3: () => 'heading',
  H4: () => 'heading',
  IMG: () => 'img',
  INPUT: (element) => INPUTS[element.type] ?? 'textbox',
  LI: () => 'listitem',
  MAIN: () => 'main',
  METER: () => 'meter',
  NAV: () => 'navigation',
  OL: () => 'list',
  OUTPUT: () => 'status',
  SELECT: () => 'combobox',
  TEXTAREA: () => 'textbox',
  UL: () => 'list',
  // HTML gives a video no role. Tests rely on its name all the same.
  VIDEO: () => 'video',
};

function roleOf(element) {
  const explicit = element.getAttribute('role');
  if (explicit) return explicit.split(' ')[0];
  return TAGS[element.tagName]?.(element) ?? null;
}

const FROM_CONTENT = ['button', 'link', 'heading', 'listitem', 'switch', 'tab', 'checkbox', 'radio', 'menuitem'];

/** Without the text of a control that its own label contains. */
function textOf(element, control) {
  let text = '';
  if (element === control) return text;
  for (const node of element.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) text += node.data;
    else if (node.nodeType === Node.ELEMENT_NODE && node.getAttribute('aria-hidden') !== 'true') {
      text += ` ${node.getAttribute('aria-label') ?? (node.tagName === 'IMG' ? node.alt : textOf(node, control))} `;
    }
  }
  return text;
}

function nameOf(element, role) {
  const labelledBy = element.getAttribute('aria-labelledby');
  if (labelledBy) {
    const parts = labelledBy.split(/\s+/).map((id) => document.getElementById(id));
    const text = tidy(parts.map((part) => (part ? textOf(part) : '')).join(' '));
    if (text) return text;
  }
  const label = tidy(element.getAttribute('aria-label'));
  if (label) return label;
  const labels = [...(element.labels ?? [])];
  if (labels.length > 0) return tidy(labels.map((one) => textOf(one, element)).join(' '));
  if (element.tagName === 'IMG') return tidy(element.alt);
  if (FROM_CONTENT.includes(role)) {
    const text = tidy(textOf(element));
    if (text) return text;
  }
  return tidy(element.getAttribute('title') ?? element.getAttribute('placeholder'));
}

function isExposed(element) {
  if (element.closest('[aria-hidden="true"], [inert]')) return false;
  if (element.getClientRects().length === 0) return false;
  return getComputedStyle(element).visibility === 'visible';
}

const SELECTOR =
  '[role], a, button, dialog, form, h1, h2, h3, h4, img, input, li, main, meter, nav, ol, output, select, textarea, ul, video';

return [...document.querySelectorAll(SELECTOR)].filter((element) => {
  const role = roleOf(element);
  if (role !== wantedRole || !isExposed(element)) return false;
  return wantedName === null || nameOf(element, role) === wantedName;
});
