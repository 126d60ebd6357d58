import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { createTempDir } from '../support/temp-dir.ts';
import { openBrowser, savedHash, waitForPhase } from './support/browser.ts';
import { chooseFolder, signIn } from './support/console.ts';
import { AUTHORIZED, startEdge, startSeedBox } from './support/edge.ts';
import { HOSTILE_NAMES } from './support/hostile-names.ts';
import { askEdge, register } from './support/registered.ts';

/** What a page has that only a name could have brought, and whether any of it ran. */
async function broughtIn(page: Page): Promise<unknown> {
  return page.evaluate(`({
    elements: document.querySelectorAll('main img, main script, main svg[onload], main iframe, main [onerror]').length,
    title: document.title.includes('owned') && !document.title.includes('<') && !document.title.includes('>'),
  })`);
}

/** A job of one file at this path. */
function jobOf(...path: readonly string[]): unknown {
  return { name: 'fine', files: [{ path, size: 1 }] };
}

const NOTHING = { elements: 0, title: false };

async function makeToken(edgeUrl: string, name: string): Promise<string> {
  const body = JSON.stringify({ name, scopes: ['publish'] });
  return String(Reflect.get(Object(await askEdge(edgeUrl, 'POST', '/api/tokens', body)), 'token'));
}

/** What the API answers to the session of a page. */
async function fetchIn(page: Page, method: string, path: string, body = ''): Promise<unknown> {
  return page.evaluate(`fetch(${JSON.stringify(path)}, {
    method: ${JSON.stringify(method)},
    headers: { 'x-csrf-token': document.querySelector('[data-csrf]').dataset.csrf },
    body: ${JSON.stringify(body)} || undefined,
  }).then(async (response) => ({ status: response.status, text: await response.text() }))`);
}

describe('names of strangers', () => {
  test('are text on every page that shows them', async () => {
    const edgeUrl = await startEdge();
    const { page, complaints } = await openBrowser();
    const hashes: string[] = [];
    for (const name of HOSTILE_NAMES) hashes.push(await register(edgeUrl, name));
    for (const path of ['/', '/?q=%22%3E%3Csvg+onload%3D', ...hashes.map((hash) => `/t/${hash}`)]) {
      await page.goto(edgeUrl + path);
      expect([path, await broughtIn(page)]).toEqual([path, NOTHING]);
    }
    await signIn(page, edgeUrl);
    for (const path of ['/publish', ...hashes.map((hash) => `/publish/t/${hash}`)]) {
      await page.goto(edgeUrl + path);
      expect([path, await broughtIn(page)]).toEqual([path, NOTHING]);
    }
    expect(complaints).toEqual([]);
  });

  test('of a folder and its files are published, listed, downloaded and saved as text', async () => {
    const edgeUrl = await startEdge();
    const { contentDir } = await startSeedBox(edgeUrl);
    const [folderName = '', ...names] = HOSTILE_NAMES.filter((name) => name.length < 200);
    const folder = join(createTempDir(), folderName);
    mkdirSync(folder);
    for (const name of names) writeFileSync(join(folder, name), name);
    const { page, complaints } = await openBrowser();
    await signIn(page, edgeUrl);
    await chooseFolder(page, folder);
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('Published: it is being seeded').waitFor();
    expect(await page.locator('.jobs strong').innerText()).toBe(folderName);
    expect(await broughtIn(page)).toEqual(NOTHING);
    expect(readdirSync(join(contentDir, folderName)).toSorted()).toEqual(names.toSorted());

    await page.getByRole('link', { name: 'Open its page' }).click();
    await page.click('[data-part="start"]');
    await waitForPhase(page, 'done');
    await savedHash(page, names[0] ?? '');
    expect(await broughtIn(page)).toEqual(NOTHING);
    expect(complaints).toEqual([]);
  });

  test('in thousands are listed a part at a time', async () => {
    const edgeUrl = await startEdge();
    const { page, complaints } = await openBrowser();
    const paths = Array.from({ length: 10_000 }, (_, n) => [`folder ${n % 100}`, `file ${n}.bin`]);
    const hash = await register(edgeUrl, 'Ten thousand files', paths);
    await page.goto(`${edgeUrl}/t/${hash}`);
    await page.getByRole('heading', { name: '10,000 files' }).waitFor();
    expect(await page.locator('[data-offset]').count()).toBe(500);
    await page.getByRole('link', { name: 'Next 500' }).click();
    await page.getByText('Files 501 to 1,000 of 10,000.').waitFor();
    expect(await page.locator('[data-offset]').count()).toBe(500);
    await page.goto(`${edgeUrl}/t/${hash}?files=999999`);
    await page.getByText('Files 9,501 to 10,000 of 10,000.').waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('whoever is not who they say', () => {
  test('with a forged cookie sees the form to sign in', async () => {
    const edgeUrl = await startEdge();
    const { page, context } = await openBrowser();
    await signIn(page, edgeUrl);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'evertorrent', httpOnly: true, sameSite: 'Strict' });
    const [id, expires, session, signature] = (cookie?.value ?? '').split('.');
    for (const value of [
      `${id}.${expires}.${session}.${'A'.repeat(43)}`,
      `${id}.9999999999.${session}.${signature}`,
      `admin.${expires}.${session}.${signature}`,
      'x'.repeat(3000),
    ]) {
      await context.clearCookies();
      await context.addCookies([{ name: 'evertorrent', value, url: edgeUrl }]);
      for (const path of ['/publish', '/publish/access']) {
        await page.goto(edgeUrl + path);
        expect([value, await page.getByLabel('Access token').isVisible()]).toEqual([value, true]);
      }
    }
  });

  test('sees nothing of the jobs of another account, and cannot end them', async () => {
    const edgeUrl = await startEdge();
    await startSeedBox(edgeUrl);
    const begin = async (name: string): Promise<{ page: Page; id: string }> => {
      const { page } = await openBrowser();
      await signIn(page, edgeUrl, await makeToken(edgeUrl, name));
      const job = JSON.stringify({ name: `of ${name}`, files: [{ path: ['a'], size: 9 }] });
      const answer = await fetchIn(page, 'POST', '/api/jobs', job);
      expect(answer).toMatchObject({ status: 201 });
      const text = String(Reflect.get(Object(answer), 'text'));
      await page.reload();
      await page.getByText(`of ${name}`).waitFor();
      return { page, id: String(Reflect.get(Object(JSON.parse(text)), 'id')) };
    };
    const ann = await begin('Ann');
    const bob = await begin('Bob');
    expect(await bob.page.getByText('of Ann').count()).toBe(0);
    for (const [method, path] of [
      ['GET', `/api/jobs/${ann.id}`],
      ['DELETE', `/api/jobs/${ann.id}`],
      ['DELETE', `/api/uploads/${ann.id}.0`],
      ['PATCH', `/api/uploads/${ann.id}.0`],
    ] as const) {
      expect([method, path, await fetchIn(bob.page, method, path)]).toMatchObject([
        method,
        path,
        { status: 404 },
      ]);
    }
    expect(await fetchIn(ann.page, 'GET', `/api/jobs/${ann.id}`)).toMatchObject({ status: 200 });
  });
});

describe('what is sent', () => {
  test('leads nowhere but into its own folder', async () => {
    const edgeUrl = await startEdge();
    const { contentDir } = await startSeedBox(edgeUrl);
    const { page } = await openBrowser();
    await signIn(page, edgeUrl);
    for (const job of [
      jobOf('..', 'x'),
      jobOf('a', '..', 'x'),
      jobOf('.'),
      jobOf('a/../../x'),
      jobOf('/etc/passwd'),
      jobOf('a\\..\\x'),
      jobOf('a\0b'),
      jobOf(''),
      { name: '..', files: [{ path: ['x'], size: 1 }] },
      { name: '../x', files: [{ path: [], size: 1 }] },
      { name: 'x'.repeat(256), files: [{ path: [], size: 1 }] },
    ]) {
      const body = JSON.stringify(job);
      expect([body, await fetchIn(page, 'POST', '/api/jobs', body)]).toMatchObject([
        body,
        { status: 400 },
      ]);
    }
    expect(await askEdge(edgeUrl, 'GET', '/api/jobs')).toMatchObject({ jobs: [] });
    expect(readdirSync(join(contentDir, '..')).filter((name) => /^x|passwd/.test(name))).toEqual(
      [],
    );
  });

  test('is refused where it is too large, and the edge goes on', async () => {
    const edgeUrl = await startEdge();
    await startSeedBox(edgeUrl);
    for (const [method, path, type, bytes, expected] of [
      ['POST', '/publish/sign-in', 'application/x-www-form-urlencoded', 40_000_000, 401],
      ['POST', '/publish/access', 'application/x-www-form-urlencoded', 40_000_000, 400],
      ['POST', '/api/torrents', 'application/x-bittorrent', 40_000_000, 413],
      ['POST', '/api/tokens', 'application/json', 40_000_000, 413],
      ['POST', '/api/jobs', 'application/json', 33_554_433, 413],
      ['PATCH', '/api/uploads/x.y.0', 'application/offset+octet-stream', 33_554_433, 413],
    ] as const) {
      const status = await sendLarge(edgeUrl, method, path, type, bytes);
      expect([path, status]).toEqual([path, expected]);
      expect((await fetch(`${edgeUrl}/healthz`)).status).toBe(200);
    }
  });
});

/** Sends so many bytes, or as many as are taken before the answer comes; resolves with its status. */
function sendLarge(
  edgeUrl: string,
  method: string,
  path: string,
  type: string,
  bytes: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(edgeUrl + path, {
      method,
      agent: false,
      headers: { ...AUTHORIZED, origin: edgeUrl, 'content-type': type, 'content-length': bytes },
    });
    sent.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
      sent.destroy();
    });
    // An answer may come with the end of the connection, before all was sent.
    sent.on('error', (error) => reject(error));
    sent.end(Buffer.alloc(bytes, 'a='));
  });
}
