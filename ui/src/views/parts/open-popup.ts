// Whether a popup, a sheet or a dialog is open and takes keys for itself. One that fades out takes
// none.

/** A dialog over the whole page. */
export function hasOpenModal(): boolean {
  return document.querySelector('[data-modal][data-open]') !== null;
}

export function hasOpenPopup(): boolean {
  return document.querySelector('[role="dialog"][data-open]') !== null;
}
