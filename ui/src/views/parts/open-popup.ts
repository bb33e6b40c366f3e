// Whether a popup, a sheet or a dialog is open and takes keys for itself. One that fades out takes
// none.

export function hasOpenPopup(): boolean {
  return document.querySelector('[role="dialog"][data-open]') !== null;
}
