import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Debian's; installed with the other clients of the interop suite. */
export const CHROMIUM_PATH = '/usr/bin/chromium';
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Names in place of addresses would need a resolver on the other side.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/** A headless Chromium with one page, whose origin serves `files` (URL path to file path). */
export interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

export async function openPage(files: Readonly<Record<string, string>> = {}): Promise<OpenPage> {
  const server = createServer((request, response) => {
    const path = files[request.url ?? ''];
    const type = path?.endsWith('.js') === true ? 'text/javascript' : 'text/html';
    response
      .writeHead(200, { 'content-type': type })
      .end(path === undefined ? '<!doctype html><title>test</title>' : readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM_PATH,
    args: CHROMIUM_FLAGS,
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    page,
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
