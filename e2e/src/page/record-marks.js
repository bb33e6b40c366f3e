// From now on, notes the pointers and lines with names that this page shows on shared screens: the
// kind, the name, and of a line its first and its last point, in fractions. The same mark is noted again
// when it has changed.
const marks = new Map();
window.snugMarks = marks;
const note = () => {
  for (const mark of document.querySelectorAll('[data-mark]')) {
    const points = mark.parentElement.querySelector('polyline')?.getAttribute('points').split(' ');
    const place = (point) => point.split(',').map(Number);
    const ends = points === undefined ? null : [place(points[0]), place(points.at(-1))];
    const noted = { kind: mark.dataset.mark, name: mark.textContent, ends };
    if (noted.name !== '') marks.set(JSON.stringify(noted), noted);
  }
};
new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true });
