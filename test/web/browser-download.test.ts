import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openBrowser, savedHash, textOf, waitForPhase } from './support/browser.ts';
import { type Site, startSite } from './support/site.ts';

const FILES = { 'album/one.bin': 6_000_000, 'album/disc 2/two.bin': 70_001 };

const WITHOUT_WEBRTC = 'delete globalThis.RTCPeerConnection;';

async function press(page: Page, name: string): Promise<void> {
  await page.click(`[data-part="${name}"]`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function publishedHash({ contentDir }: Site, path: string): string {
  return sha256(readFileSync(join(contentDir, path)));
}

async function blockWebSeed(page: Page): Promise<void> {
  await page.route('**/webseed/**', (route) => route.abort());
}

describe('Download in the browser', () => {
  test.each(['v1', 'hybrid'])(
    'gets a %s torrent from peers and the web seed, and saves its files',
    async (format) => {
      const site = await startSite(FILES, { format });
      const { page, complaints } = await openBrowser();
      await page.goto(site.publication.pageUrl);
      await press(page, 'start');
      await waitForPhase(page, 'done');
      expect(await textOf(page, 'verified')).toMatch(/^6\.1.MB of 6\.1.MB$/);
      for (const [name, path] of [
        ['one.bin', 'album/one.bin'],
        ['two.bin', 'album/disc 2/two.bin'],
      ] as const) {
        expect(await savedHash(page, name)).toBe(publishedHash(site, path));
      }
      expect(complaints).toEqual([]);
    },
  );

  test('over WebRTC alone', async () => {
    const site = await startSite(FILES);
    const { page } = await openBrowser();
    await blockWebSeed(page);
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await waitForPhase(page, 'done');
    expect(await savedHash(page, 'one.bin')).toBe(publishedHash(site, 'album/one.bin'));
    expect(await textOf(page, 'peers')).toContain('1 peer');
  });

  test('over the web seed alone, where there is no WebRTC', async () => {
    const site = await startSite(FILES);
    const { page, complaints } = await openBrowser();
    await page.addInitScript(WITHOUT_WEBRTC);
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await waitForPhase(page, 'done');
    expect(await savedHash(page, 'one.bin')).toBe(publishedHash(site, 'album/one.bin'));
    expect(await textOf(page, 'peers')).toBe('1 web seed');
    expect(complaints).toEqual([]);
  });

  test.each<[what: string, files: Record<string, number>]>([
    ['names that mean something in a URL', { 'a #1/100%/? %41 &.bin': 70_000, 'a #1/b;+.bin': 9 }],
    ['empty files among others', { 'a/1.bin': 30_000, 'a/2.txt': 0, 'a/3.txt': 0, 'a/4.bin': 9 }],
    ['a folder of one file', { 'a/inner/only.bin': 70_000 }],
  ])('over the web seed alone, with %s', async (_what, files) => {
    const site = await startSite(files);
    const { page, complaints } = await openBrowser();
    await page.addInitScript(WITHOUT_WEBRTC);
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await waitForPhase(page, 'done');
    for (const path of Object.keys(files)) {
      const name = path.split('/').at(-1) ?? '';
      expect([path, await savedHash(page, name)]).toEqual([path, publishedHash(site, path)]);
    }
    expect(complaints).toEqual([]);
  });

  test('goes on after a reload with what was stored, and fetches no more than the rest', async () => {
    const site = await startSite({ 'album/one.bin': 12_000_000 });
    const { page } = await openBrowser();
    await page.addInitScript(WITHOUT_WEBRTC);
    // The second half is out of reach.
    let isHalfShut = true;
    let fetchedBytes = 0;
    await page.route('**/webseed/**', async (route) => {
      const [, first = '', last = ''] =
        /bytes=([0-9]+)-([0-9]+)/.exec(route.request().headers()['range'] ?? '') ?? [];
      if (isHalfShut && Number(last) >= 6_000_000) return route.abort();
      if (!isHalfShut) fetchedBytes += Number(last) - Number(first) + 1;
      return route.continue();
    });
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await expect
      .poll(() => textOf(page, 'verified'), { timeout: 60_000 })
      .toMatch(/^[456]\.[0-9].MB/);
    await page.reload();
    isHalfShut = false;
    // What is stored is looked up first.
    await expect.poll(() => textOf(page, 'start')).toBe('Continue in the browser');
    await press(page, 'start');
    await waitForPhase(page, 'done');
    expect(fetchedBytes).toBeLessThan(9_000_000);
    expect(await savedHash(page, 'one.bin')).toBe(publishedHash(site, 'album/one.bin'));
  });

  test('is paused and continued; cancelled, it leaves nothing behind', async () => {
    const site = await startSite({ 'album/one.bin': 20_000_000 });
    const { page } = await openBrowser();
    await page.addInitScript(WITHOUT_WEBRTC);
    let isSlow = true;
    await page.route('**/webseed/**', async (route) => {
      if (isSlow) await new Promise((resolve) => setTimeout(resolve, 200));
      await route.continue();
    });
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await expect.poll(() => textOf(page, 'verified'), { timeout: 60_000 }).not.toMatch(/^(–|0 B)/);
    await press(page, 'pause');
    await waitForPhase(page, 'paused');
    expect(await textOf(page, 'pause')).toBe('Continue');
    await press(page, 'pause');
    isSlow = false;
    await waitForPhase(page, 'done');
    page.on('dialog', (dialog) => void dialog.accept());
    await press(page, 'cancel');
    await expect.poll(() => page.isVisible('[data-part="start"]')).toBe(true);
    expect(await textOf(page, 'start')).toBe('Download in the browser');
    expect(await storedBytes(page)).toBe(0);
  });

  test('says why nothing comes, where nothing does', async () => {
    const site = await startSite(FILES);
    const { page } = await openBrowser();
    await page.addInitScript(WITHOUT_WEBRTC);
    await page.route('**/webseed/**', (route) => route.fulfill({ status: 503 }));
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await expect
      .poll(() => page.isVisible('[data-part="trouble"]'), { timeout: 60_000 })
      .toBe(true);
    await expect.poll(() => textOf(page, 'trouble'), { timeout: 60_000 }).toContain('no seed box');
    expect(await textOf(page, 'trouble')).toContain('WebRTC switched off');
  });

  test('is refused by a browser without room, before anything is fetched', async () => {
    const site = await startSite(FILES);
    const { page } = await openBrowser();
    await page.addInitScript(
      'navigator.storage.estimate = async () => ({ quota: 1_000_000, usage: 900_000 });',
    );
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await expect.poll(() => textOf(page, 'start-hint')).toContain('It needs 6.1 MB');
    expect(await page.isVisible('[data-part="start"]')).toBe(true);
  });

  test('says in a second tab that it runs in another, and leaves that one alone', async () => {
    const site = await startSite(FILES);
    const { page, context } = await openBrowser();
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await waitForPhase(page, 'done');
    const second = await context.newPage();
    await second.goto(site.publication.pageUrl);
    await press(second, 'start');
    await waitForPhase(second, 'failed');
    expect(await textOf(second, 'trouble')).toContain('in another tab');
    expect(await textOf(second, 'start')).toBe('Try again');
    expect(await savedHash(page, 'one.bin')).toBe(publishedHash(site, 'album/one.bin'));
  });

  test('plays a file while the rest is on its way', async () => {
    const site = await startSite(
      { 'album/sound.wav': 0, 'album/rest.bin': 8_000_000 },
      { prepare: (dir) => writeFileSync(join(dir, 'album/sound.wav'), silentWav(30)) },
    );
    const { page, complaints } = await openBrowser();
    await page.goto(site.publication.pageUrl);
    await press(page, 'start');
    await page.getByRole('button', { name: 'Play sound.wav' }).click();
    await expect
      .poll(() => page.evaluate('document.querySelector("audio")?.duration'), { timeout: 30_000 })
      .toBe(30);
    // What a media element may have is nothing that a person may open.
    const opened = await page.context().newPage();
    expect(
      (await opened.goto(new URL('/t/media/0', site.publication.pageUrl).href))?.status(),
    ).toBe(404);
    expect(complaints).toEqual([]);
  });
});

describe('the page of a torrent', () => {
  test('works without JavaScript: links, folders, and no button that does nothing', async () => {
    const site = await startSite(FILES);
    const { page } = await openBrowser({ javaScriptEnabled: false });
    await page.goto(site.publication.pageUrl);
    expect(await page.isVisible('[data-part="start"]')).toBe(false);
    expect(await page.isVisible('text=two.bin')).toBe(true);
    await page.click('summary');
    expect(await page.isVisible('text=two.bin')).toBe(false);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('text=one.bin'),
    ]);
    expect(sha256(readFileSync(await download.path()))).toBe(publishedHash(site, 'album/one.bin'));
  });

  test('weighs at most 60 kB before a download begins', async () => {
    const site = await startSite(FILES);
    const { page } = await openBrowser();
    let bytes = 0;
    page.on('response', async (response) => {
      bytes += gzipSync(await response.body()).length;
    });
    await page.goto(site.publication.pageUrl);
    await expect.poll(() => page.isVisible('[data-part="start"]')).toBe(true);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThanOrEqual(60_000);
  });

  test('shows the counts as they change', async () => {
    const site = await startSite(FILES);
    const { page } = await openBrowser();
    await page.goto(site.publication.pageUrl);
    const { hostname, port } = new URL(site.publication.pageUrl);
    const hash = (site.publication.infoHash ?? '').replace(/../g, '%$&');
    await fetch(
      `http://${hostname}:${port}/announce?info_hash=${hash}&peer_id=${'x'.repeat(20)}&port=7777&left=0`,
    );
    await expect.poll(() => textOf(page, 'seeders')).toBe('2');
    expect(await textOf(page, 'health')).toBe(
      '2 full copies online, 1 always-on seed, verified today.',
    );
  });
});

/** Bytes of all files that the page's origin keeps. */
function storedBytes(page: Page): Promise<unknown> {
  return page.evaluate(`(async () => {
    let bytes = 0;
    const add = async (folder) => {
      for await (const handle of folder.values()) {
        if (handle.kind === 'directory') await add(handle);
        else bytes += (await handle.getFile()).size;
      }
    };
    await add(await navigator.storage.getDirectory());
    return bytes;
  })()`);
}

/** A WAV file of silence: 8-bit mono at 44.1 kHz. */
function silentWav(seconds: number): Uint8Array {
  const rate = 44_100;
  const length = rate * seconds;
  const file = Buffer.alloc(44 + length, 128);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + length, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(length, 40);
  return file;
}
