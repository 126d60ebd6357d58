import manifest from '../../dist/browser-manifest.json';

/** The entry modules of `browser/`. */
export type BrowserModule = 'console-page' | 'torrent-page';

/** Where the bundled module is served; its name changes with what is in it. */
export function browserModuleUrl(name: BrowserModule): string {
  const urls: Readonly<Record<string, string>> = manifest;
  const url = urls[name];
  if (url === undefined) throw new Error(`the build made no ${name}`);
  return url;
}
