import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../../support/chromium.ts';

/** A page of a headless Chromium that notes what it complains of. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors that the page logged or threw, and what its policy turned away. */
  readonly complaints: readonly string[];
}

/** Opens a page for one test, in a browser of its own: with storage that is empty. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM_PATH,
    args: [...CHROMIUM_FLAGS],
  });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  // Without the pickers, which no test can answer, files are saved as downloads.
  await page.addInitScript(
    'delete globalThis.showSaveFilePicker; delete globalThis.showDirectoryPicker;',
  );
  return { page, context, complaints };
}

/** What the part of a page that is called `name` says. */
export async function textOf(page: Page, name: string): Promise<string> {
  return (await page.textContent(`[data-part="${name}"]`)) ?? '';
}

/** Saves what stands in the row of a file, and returns its SHA-256. */
export async function savedHash(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Save ${name}` }).click(),
  ]);
  return createHash('sha256')
    .update(readFileSync(await download.path()))
    .digest('hex');
}

/** Waits until the download of a page is in a phase; fails with what the page says where it comes to another end. */
export async function waitForPhase(page: Page, phase: string, timeout = 60_000): Promise<void> {
  const progress = page.locator('[data-part="progress"]');
  await expect
    .poll(
      async () => {
        const now = await progress.getAttribute('data-phase');
        if (now === 'failed' && phase !== 'failed') throw new Error(await progress.innerText());
        return now;
      },
      { timeout },
    )
    .toBe(phase);
}
