// Runs in every Firefox document before the page does, since its driver has no console: keeps the
// page's own errors.
(() => {
  const errors = [];
  Object.defineProperty(window, 'snugErrors', { value: errors });
  window.addEventListener('error', ({ message }) => errors.push(message));
  window.addEventListener('unhandledrejection', ({ reason }) => errors.push(`unhandled: ${reason}`));
  const print = console.error;
  console.error = (...words) => {
    errors.push(words.join(' '));
    print.apply(console, words);
  };
})();
