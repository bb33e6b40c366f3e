// Three projects: `node` has the tests of pure code; `browser` shows every screen of the built
// gallery in the Chromium of this system; `looks` shows them in more looks, for a proof.

import { fileURLToPath } from 'node:url';

import { playwright } from '@vitest/browser-playwright';
import { defineConfig, mergeConfig } from 'vitest/config';

import { chromium } from './chromium.ts';
import viteConfig from './vite.config.ts';

const BROWSER_TESTS = 'src/**/*.browser.test.ts';
const LOOKS = 'src/**/*.looks.test.ts';
const top = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig((env) =>
  mergeConfig(viteConfig(env), {
    test: {
      // Long enough for a busy machine with two cores.
      testTimeout: 60_000,
      projects: [
        {
          extends: true,
          test: {
            name: 'node',
            include: ['src/**/*.test.ts'],
            exclude: [BROWSER_TESTS, LOOKS],
            // Without it one processor is left idle: of two, half.
            maxWorkers: '100%',
          },
        },
        inChromium('browser', BROWSER_TESTS),
        inChromium('looks', LOOKS),
      ],
    },
  }),
);

function inChromium(name: string, tests: string) {
  return {
    extends: true as const,
    // Served as it is, so that the checks see what a build makes.
    publicDir: `${top}target/gallery`,
    server: { fs: { allow: [top] } },
    test: {
      name,
      include: [tests],
      // One page renders while another is checked.
      maxWorkers: 2,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        instances: [{ browser: 'chromium' as const }],
        provider: playwright({
          launchOptions: {
            // The error of Playwright for a missing one says what to do, but not for us.
            executablePath: chromium() ?? '/usr/bin/chromium',
            args: [
              // Chromium's sandbox does not start for root, the usual user in containers.
              ...(process.platform === 'linux' ? ['--no-sandbox', '--disable-dev-shm-usage'] : []),
              '--autoplay-policy=no-user-gesture-required',
            ],
          },
        }),
      },
    },
  };
}
