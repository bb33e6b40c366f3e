// Runs before the page's own code, and notices when that does not come: after an upgrade of the
// relay an old page asks for files that are gone.
//
// Invariant: a page reloads by itself once, and only when the relay answers. After that it says
// what to do. Its name and what it does stay the same: pages of every build load it.

(() => {
  const KEY = 'snug-reloaded-from';
  let handling = false;

  addEventListener(
    'error',
    ({ target }) => {
      const isScript = target instanceof HTMLScriptElement;
      const isSheet = target instanceof HTMLLinkElement && target.rel === 'stylesheet';
      if ((isScript || isSheet) && !isStarted()) void recover();
    },
    true,
  );
  addEventListener('vite:preloadError', () => {
    if (!isStarted()) void recover();
  });
  // A page that has started shows by itself what is missing.
  addEventListener('snug:load-failed', () => void recover());

  function isStarted() {
    return document.documentElement.dataset.started !== undefined;
  }

  async function recover() {
    if (handling) return;
    handling = true;
    const answers = await fetch('/', { cache: 'no-store' }).then(
      (response) => response.ok,
      () => false,
    );
    if (!answers) {
      say('Snug could not be loaded, because the relay does not answer. Check your connection.');
    } else if (isFirstReload()) {
      say('Snug was updated on this relay. The page reloads.');
      location.reload();
    } else {
      say(
        'A part of Snug is missing on this relay, also after a reload. Try again in a minute. ' +
          'If that does not help, tell the person who runs the relay.',
      );
    }
    handling = false;
  }

  // Each build by its own script: two builds that take turns do not make a page reload for ever.
  function isFirstReload() {
    const from = document.querySelector('script[type="module"]')?.getAttribute('src') ?? '';
    try {
      const before = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
      if (before.includes(from)) return false;
      sessionStorage.setItem(KEY, JSON.stringify([...before, from]));
      return true;
    } catch {
      return false;
    }
  }

  function say(sentence) {
    const root = document.getElementById('root');
    if (isStarted() || root === null) return;
    const message = document.createElement('p');
    message.setAttribute('role', 'alert');
    message.textContent = sentence;
    const reload = document.createElement('button');
    reload.type = 'button';
    reload.textContent = 'Reload the page';
    reload.addEventListener('click', () => location.reload());
    root.replaceChildren(message, reload);
  }
})();
