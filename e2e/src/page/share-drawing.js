// From now on, this browser shares a drawing of this size: rectangles, the first one below. Each has a
// colour, then left, top, width and height. Called again, it changes the drawing.
const [[width, height], rectangles] = arguments;
const drawing = (window.snugDrawing ??= begin());
drawing.rectangles = rectangles;
drawing.draw();

function begin() {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  const draw = () => {
    for (const [[red, green, blue], place] of window.snugDrawing.rectangles) {
      pen.fillStyle = `rgb(${red} ${green} ${blue})`;
      pen.fillRect(...place);
    }
  };
  navigator.mediaDevices.getDisplayMedia = () => Promise.resolve(canvas.captureStream(10));
  return { draw, timer: setInterval(draw, 100), rectangles };
}
