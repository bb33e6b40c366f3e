import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { compressedForms } from './compressed-forms.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// `--mode gallery` builds the page that shows every screen, and nothing of the product's own.
export default defineConfig(({ mode }) => ({
  plugins: [react(), compressedForms()],
  clearScreen: false,
  resolve: {
    // The plugin's page half as it lies beside us.
    alias: {
      'tauri-plugin-webrtc-api': here('../crates/tauri-plugin-webrtc/guest-js/index.ts'),
    },
    // Its imports come from this folder's packages, so that one `npm ci` is enough.
    dedupe: ['@tauri-apps/api'],
  },
  worker: { format: 'es' },
  server: { fs: { allow: ['.', here('../crates/tauri-plugin-webrtc')] } },
  build: {
    // A strict CSP serves this build: nothing may be inlined as a `data:` script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // The licences of what the page is made of go with it; the bundles append them to their own.
    license: { fileName: 'third-party-notices.txt' },
    ...(mode === 'gallery'
      ? {
          outDir: 'dist-gallery',
          chunkSizeWarningLimit: 2000,
          // In one part: its checks load it a thousand times.
          rollupOptions: { input: 'gallery.html', output: { codeSplitting: false } },
        }
      : {}),
  },
}));
