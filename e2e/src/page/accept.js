// Accepts a call as soon as it rings: people's own time is no part of a measurement.
const look = () => {
  const accept = [...document.querySelectorAll('button')].find(
    (button) => button.textContent.trim() === 'Accept',
  );
  if (accept) accept.click();
  else setTimeout(look, 5);
};
look();
