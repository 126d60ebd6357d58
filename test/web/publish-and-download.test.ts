import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { hashTree } from '../support/content.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { type ToldJob, UploadClient } from '../support/upload-client.ts';
import { openBrowser, savedHash, textOf, waitForPhase } from './support/browser.ts';
import { chooseFolder, signIn } from './support/console.ts';
import { AUTHORIZED, startEdge, startSeedBox } from './support/edge.ts';

const NAME = 'Großer Ordner 日本';
const FILES = {
  'film 🎬.mkv': 150_000_000,
  'Ünter ordner/первый & second.bin': 49_900_000,
  'Ünter ordner/leer.txt': 0,
  '# 100% "quoted".txt': 100_000,
};
const SIZE_BYTES = 200_000_000;
const DOWNLOAD_MS = 240_000;

/** Writes random bytes, which are quick to make, and returns the SHA-256 of each file. */
function writeSource(folder: string): Record<string, string> {
  for (const [path, length] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), randomFillSync(new Uint8Array(length)));
  }
  return hashTree(folder);
}

/** Resolves with the one job as soon as it has so much, and no longer grows where nobody sends. */
async function uploadedAtLeast(client: UploadClient, bytes: number): Promise<ToldJob> {
  let found: ToldJob | undefined;
  await expect
    .poll(
      async () => {
        const [, answer] = await client.json('GET', '/api/jobs');
        const jobs: unknown = Reflect.get(Object(answer), 'jobs');
        const id: unknown = Array.isArray(jobs) ? Reflect.get(Object(jobs[0]), 'id') : undefined;
        if (typeof id === 'string') found = await client.job(id);
        return found?.uploadedBytes ?? 0;
      },
      { timeout: 60_000, interval: 20 },
    )
    .toBeGreaterThanOrEqual(bytes);
  if (found === undefined) throw new Error('there is no job');
  return found;
}

/** What stays when a sender has gone: what was on its way may still be written for a moment. */
async function settledJob(client: UploadClient, id: string): Promise<ToldJob> {
  let before = -1;
  let job = await client.job(id);
  while (job.uploadedBytes !== before) {
    before = job.uploadedBytes;
    await new Promise((resolve) => setTimeout(resolve, 500));
    job = await client.job(id);
  }
  return job;
}

async function download(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.click('[data-part="start"]');
  await waitForPhase(page, 'done', DOWNLOAD_MS);
}

async function savedHashes(page: Page): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of Object.keys(FILES).toSorted()) {
    hashes[path] = await savedHash(page, path.split('/').at(-1) ?? '');
  }
  return hashes;
}

test('a folder of 200 MB is published from the console, in two goes, and downloaded in each way there is', async () => {
  const edgeUrl = await startEdge();
  const seedBox = await startSeedBox(edgeUrl);
  const folder = join(createTempDir(), NAME);
  const sources = writeSource(folder);
  const client = new UploadClient(edgeUrl, AUTHORIZED);

  // Published, with a line that breaks once, and a page that is closed in the middle.
  const { page: first, context } = await openBrowser();
  await signIn(first, edgeUrl);
  let parts = 0;
  await first.route('**/api/uploads/*', async (route) => {
    parts += 1;
    // It is sent again by itself.
    if (parts === 2) return route.abort('connectionreset');
    await new Promise((resolve) => setTimeout(resolve, 250));
    return route.continue();
  });
  await chooseFolder(first, folder);
  await first.getByLabel('Title').fill('Ein Film');
  await first.getByRole('button', { name: 'Publish', exact: true }).click();
  const { id } = await uploadedAtLeast(client, 40_000_000);
  await first.close();
  const job = await settledJob(client, id);
  expect(job.uploadedBytes).toBeGreaterThanOrEqual(40_000_000);
  expect(job).toMatchObject({ state: 'uploading', name: NAME, sizeBytes: SIZE_BYTES });
  expect(job.uploadedBytes).toBeLessThan(SIZE_BYTES);

  // Gone on with from another page, from where it was.
  const second = await context.newPage();
  const begun: string[] = [];
  const offsets = new Map<number, number>();
  second.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() === 'POST' && pathname === '/api/jobs') begun.push(pathname);
    const index = Number(pathname.split('.').at(-1));
    if (request.method() !== 'PATCH' || offsets.has(index)) return;
    offsets.set(index, Number(request.headers()['upload-offset']));
  });
  await second.goto(`${edgeUrl}/publish`);
  await chooseFolder(second, folder);
  await second.getByRole('button', { name: 'Go on with the upload' }).click();
  await second.getByText('Published: it is being seeded').waitFor({ timeout: 120_000 });
  expect(begun).toEqual([]);
  const lacking = (job.files ?? []).filter(({ size, uploadedBytes }) => uploadedBytes < size);
  expect(offsets.size).toBe(lacking.length);
  // What was on its way when the page went counts too, but for its job only when the request is over.
  for (const { index, uploadedBytes } of lacking) {
    expect(offsets.get(index)).toBeGreaterThanOrEqual(uploadedBytes);
  }
  expect(hashTree(join(seedBox.contentDir, NAME))).toEqual(sources);
  const url = await second.getByRole('link', { name: 'Open its page' }).getAttribute('href');
  const pageUrl = new URL(url ?? '', edgeUrl).href;
  await second.close();

  // From the seed box over WebRTC alone.
  const { page: holder } = await openBrowser();
  await holder.route('**/webseed/**', (route) => route.abort());
  await download(holder, pageUrl);
  expect(await holder.title()).toContain('Ein Film');
  expect(await savedHashes(holder)).toEqual(sources);

  // Over the web seed alone.
  const { page: plain, complaints } = await openBrowser();
  await plain.addInitScript('delete globalThis.RTCPeerConnection;');
  await download(plain, pageUrl);
  expect(await textOf(plain, 'peers')).toBe('1 web seed');
  expect(await savedHashes(plain)).toEqual(sources);
  expect(complaints).toEqual([]);
  await plain.close();

  // From one browser to another, when the seed box is no more.
  await seedBox.process.stop('SIGKILL');
  await expect(fetch(seedBox.httpUrl)).rejects.toThrow('fetch failed');
  const { page: late } = await openBrowser();
  await download(late, pageUrl);
  expect(await savedHashes(late)).toEqual(sources);
  expect(await textOf(late, 'peers')).toContain('1 peer');
}, 600_000);
