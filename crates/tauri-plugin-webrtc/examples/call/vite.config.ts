import { defineConfig } from 'vite';

const here = (path: string): string => new URL(path, import.meta.url).pathname;

export default defineConfig({
  root: here('.'),
  clearScreen: false,
  // The plugin's page half in this repository. An app has it from npm under this name.
  resolve: {
    alias: {
      'tauri-plugin-webrtc-api': here('../../guest-js/index.ts'),
      'livekit-client/pc-transport': here(
        '../../node_modules/livekit-client/src/room/PCTransport.ts',
      ),
    },
  },
  server: { port: 5174, strictPort: true, fs: { allow: [here('../..')] } },
  worker: { format: 'es' },
  build: {
    // A strict CSP serves this build: nothing may be inlined as a `data:` script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rolldownOptions: {
      input: [
        here('index.html'),
        here('conformance.html'),
        here('differential.html'),
        here('hostile.html'),
        here('libraries.html'),
        here('windows.html'),
      ],
    },
  },
});
