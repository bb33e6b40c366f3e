// Accepts a call as soon as it rings, so that no person's reaction time is measured.
const look = () => {
  const accept = [...document.querySelectorAll('button')].find(
    (button) => button.textContent.trim() === 'Accept',
  );
  if (accept) accept.click();
  else setTimeout(look, 5);
};
look();
