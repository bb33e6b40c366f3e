// The small pictures in the picker of a screen to share, by the label of their source: size, and red,
// green and blue in the middle. Those that are not there yet are left out.
return [...document.querySelectorAll('[role=radiogroup] label')].flatMap((label) => {
  const canvas = label.querySelector('canvas');
  if (!canvas || canvas.width === 0) return [];
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(width >> 1, height >> 1, 1, 1);
  return [{ label: label.textContent, width, height, middle: [...data].slice(0, 3) }];
});
