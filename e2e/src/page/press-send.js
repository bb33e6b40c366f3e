// Presses the button that sends the written message, and returns when, in milliseconds since 1970.
const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Send' || one.ariaLabel === 'Send');
const time = performance.timeOrigin + performance.now();
button.click();
return time;
