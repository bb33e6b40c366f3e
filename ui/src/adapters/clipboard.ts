// Copies text, also without the clipboard API (insecure contexts).

import { ProblemError } from '../problem-error';

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
}

function copyBySelection(text: string): void {
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('aria-hidden', 'true');
  // Out of the flow, so that taking the focus scrolls nothing.
  area.style.position = 'fixed';
  const focused = document.activeElement;
  // Beside what has the focus: a modal dialog takes the focus back from anywhere outside it.
  (focused?.parentElement ?? document.body).append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!copied) throw new ProblemError({ code: 'copy-refused' });
}
