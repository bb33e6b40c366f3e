// Every screen in the smallest window, with all that axe finds: its rules hardly depend on the size,
// so a desktop's and a phone's are enough for each run of the tests.

import { checkScreens } from './checks/check-screens';
import { SMALL_WINDOW } from './checks/look';

checkScreens('a small window', SMALL_WINDOW);
