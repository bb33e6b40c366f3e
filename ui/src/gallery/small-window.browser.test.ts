// Every screen in the smallest window.

import { checkScreens } from './checks/check-screens';
import { SMALL_WINDOW } from './checks/look';

checkScreens('a small window', SMALL_WINDOW);
