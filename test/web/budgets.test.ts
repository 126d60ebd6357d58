import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { writeTree } from '../support/content.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { openBrowser } from './support/browser.ts';
import { chooseFolder, signIn } from './support/console.ts';
import { startEdge, startSeedBox } from './support/edge.ts';

/** What everything weighs that a page loads before a person presses a button. */
const MAX_BYTES = 60_000;

/** Loads a page into a browser that has nothing of it, and counts what it fetches by itself. */
async function weigh(url: string, page: Page): Promise<{ bytes: number; paths: string[] }> {
  const paths: string[] = [];
  const bodies: Promise<number>[] = [];
  page.on('response', (response) => {
    paths.push(new URL(response.url()).pathname.replace(/-[\w-]{8}\.js$/, '.js'));
    bodies.push(response.body().then((body) => gzipSync(body).length));
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body, 0);
  page.removeAllListeners('response');
  return { bytes, paths: paths.toSorted() };
}

test('pages load at most 60 kB, and no more than they need', async () => {
  const edgeUrl = await startEdge();
  await startSeedBox(edgeUrl);
  const dir = createTempDir();
  writeTree(dir, { 'Letters/one.txt': 1000 });
  const { page } = await openBrowser();
  await signIn(page, edgeUrl);
  await chooseFolder(page, `${dir}/Letters`);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const link = page.getByRole('link', { name: 'Open its page' });
  await link.waitFor();
  const torrent = new URL((await link.getAttribute('href')) ?? '', edgeUrl).pathname;

  const weighed: Record<string, string[]> = {};
  for (const path of [
    '/',
    torrent,
    '/stats',
    '/publish',
    '/publish/access',
    `/publish${torrent}`,
    '/nowhere',
  ]) {
    const { bytes, paths } = await weigh(edgeUrl + path, page);
    expect([path, bytes <= MAX_BYTES ? 'light' : bytes]).toEqual([path, 'light']);
    weighed[path] = paths;
  }
  expect(weighed).toEqual({
    '/': ['/'],
    [torrent]: ['/assets/parts.js', '/assets/torrent-page.js', torrent],
    '/stats': ['/stats'],
    '/publish': ['/api/jobs', '/assets/console-page.js', '/assets/parts.js', '/publish'],
    '/publish/access': ['/publish/access'],
    [`/publish${torrent}`]: [`/publish${torrent}`],
    '/nowhere': ['/nowhere'],
  });
});
