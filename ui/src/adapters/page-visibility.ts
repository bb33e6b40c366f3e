// Reports that the page is hidden, or shown again (HTML, page visibility).

import type { VisibilityPort } from '../ports';

export function pageVisibility(): VisibilityPort {
  return {
    listen(listener) {
      const tell = (): void => listener({ type: document.hidden ? 'page-hidden' : 'page-shown' });
      document.addEventListener('visibilitychange', tell);
      tell();
    },
  };
}
