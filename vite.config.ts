// Bundles the browser's modules (tracker-worker/browser) into static assets, and writes for the Worker how they are
// called: dist/browser is served as it is, dist/browser-manifest.json goes into the Worker's bundle.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { ASSET_HEADERS } from './shared/asset-headers.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A service worker is asked for by one name for ever: browsers look under it for a newer one. */
const SERVICE_WORKER = 'sw';

/** As Workers static assets take them. */
const HEADERS = Object.entries(ASSET_HEADERS)
  .map(([pattern, headers]) => {
    const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
    return `${pattern}\n${lines.join('')}`;
  })
  .join('');

/** Writes the names of the entry modules, `{"torrent-page": "/assets/torrent-page-….js"}`, and the assets' headers. */
function manifest(): Plugin {
  return {
    name: 'browser-manifest',
    writeBundle({ dir = '' }, bundle) {
      const names: Record<string, string> = {};
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk' || !chunk.isEntry) continue;
        if (chunk.name !== SERVICE_WORKER) names[chunk.name] = `/${chunk.fileName}`;
        // Not every browser takes a module for a service worker.
        else if (chunk.imports.length > 0) this.error('the service worker must be one file');
      }
      writeFileSync(join(dir, '_headers'), HEADERS);
      writeFileSync(path('dist/browser-manifest.json'), `${JSON.stringify(names, undefined, 2)}\n`);
    },
  };
}

export default defineConfig({
  root: path('tracker-worker/browser'),
  // No `.env` is read: nothing of the machine gets into what strangers are sent.
  envDir: false,
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: path('dist/browser'),
    emptyOutDir: true,
    // Browsers with the origin-private file system, synchronous handles included.
    target: ['chrome111', 'firefox114', 'safari16.4'],
    modulePreload: false,
    // The Content-Security-Policy lets no `data:` URL in.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        'console-page': path('tracker-worker/browser/console-page.ts'),
        'torrent-page': path('tracker-worker/browser/torrent-page.ts'),
        [SERVICE_WORKER]: path('tracker-worker/browser/worker/service-worker.ts'),
      },
      output: {
        entryFileNames: ({ name }) =>
          name === SERVICE_WORKER ? '[name].js' : 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  worker: {
    format: 'es',
    rolldownOptions: { output: { entryFileNames: 'assets/[name]-[hash].js' } },
  },
  plugins: [manifest()],
});
