// Every screen in the smallest window. `small-window.looks.test.ts` has what axe finds.

import { checkLayout } from './checks/check-screens';
import { SMALL_WINDOW } from './checks/look';

checkLayout('a small window', SMALL_WINDOW);
