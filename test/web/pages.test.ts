import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { writeTree } from '../support/content.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { openBrowser, textOf, waitForPhase } from './support/browser.ts';
import { chooseFolder, signIn } from './support/console.ts';
import { startEdge, startSeedBox } from './support/edge.ts';
import { HOSTILE_NAMES } from './support/hostile-names.ts';
import { inspect } from './support/inspect.ts';
import { askEdge, register } from './support/registered.ts';

const ABSENT = 'ab'.repeat(20);

describe('every page is without fault to axe-core, in light, dark and on a phone, and complains of nothing', () => {
  test('for everyone', async () => {
    const edgeUrl = await startEdge();
    const watched = await openBrowser();
    const { page } = watched;
    const look = async (state: string, path: string): Promise<void> => {
      await page.goto(edgeUrl + path);
      await inspect(watched, state);
    };
    await look('catalogue-empty', '/');
    for (const name of ['Debian 13.iso', 'Field recordings, spring 2026', 'Letters']) {
      await register(edgeUrl, name);
    }
    // A listing is kept for two seconds.
    await expect
      .poll(async () => (await fetch(`${edgeUrl}/`)).text(), { timeout: 10_000 })
      .toContain('Letters');
    await look('catalogue', '/');
    await look('catalogue-search-without-result', '/?q=nothing+like+this');
    await look('catalogue-middle-page', '/?limit=1&page=2');
    let last = '';
    for (const name of HOSTILE_NAMES) last = await register(edgeUrl, name);
    await expect
      .poll(async () => (await fetch(`${edgeUrl}/`)).text(), { timeout: 10_000 })
      .toContain(last);
    await look('catalogue-hostile-names', '/');
    await look('torrent-no-seed', `/t/${last}`);
    const folder = HOSTILE_NAMES.map((name) => [name, name]);
    const inside = await register(edgeUrl, 'Names of all sorts', folder);
    await look('torrent-hostile-names', `/t/${inside}`);
    await look('stats', '/stats');
    await look('api', '/api');
    await look('sign-in', '/publish');
    const taken = await register(edgeUrl, 'Taken');
    const reason = JSON.stringify({ reason: 'A court has ordered it.' });
    await askEdge(edgeUrl, 'PUT', `/api/blocklist/${taken}`, reason);
    // A browser notes each answer of 4xx.
    const refused = await openBrowser();
    for (const [state, path, status] of [
      ['taken-down', `/t/${taken}`, 451],
      ['not-found', '/nowhere', 404],
      ['torrent-not-found', `/t/${ABSENT}`, 404],
    ] as const) {
      expect((await refused.page.goto(edgeUrl + path))?.status()).toBe(status);
      await inspect({ ...refused, complaints: [] }, state);
    }
    await refused.page.goto(`${edgeUrl}/publish`);
    await refused.page.getByLabel('Access token').fill('wrong');
    await refused.page.getByRole('button', { name: 'Sign in' }).click();
    await refused.page.getByText('You are not signed in').waitFor();
    await inspect({ ...refused, complaints: [] }, 'sign-in-refused');
    expect(refused.complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
  });

  test('for publishers', async () => {
    const edgeUrl = await startEdge();
    const watched = await openBrowser();
    const { page } = watched;
    await signIn(page, edgeUrl);
    await inspect(watched, 'console-no-seed-box');
    await page.goto(`${edgeUrl}/publish/access`);
    await inspect(watched, 'access-empty');
    await page.getByLabel('Name').fill('Ann’s laptop');
    await page.getByLabel('publish', { exact: false }).first().check();
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('This is the new token').waitFor();
    await inspect(watched, 'access-new-token');
    const token = await page.locator('.notice code').innerText();
    expect(token).toMatch(/^evt_/);
    await page.getByLabel('Info-hash').fill(ABSENT);
    await page.getByLabel('Reason').fill('It was sent to us in error. '.repeat(8));
    await page.getByRole('button', { name: 'Take down' }).click();
    await page.getByRole('button', { name: 'Lift' }).waitFor();
    await inspect(watched, 'access-taken-down');

    for (const name of HOSTILE_NAMES) await register(edgeUrl, name);
    await page.goto(`${edgeUrl}/publish`);
    await inspect(watched, 'console-hostile-names');
    const hash = await register(edgeUrl, 'Nobody has it');
    await page.goto(`${edgeUrl}/publish/t/${hash}`);
    await inspect(watched, 'manage-no-seed-box');
    await page.getByLabel('Title').fill('Somebody had it');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await inspect(watched, 'manage-saved');

    const other = await openBrowser();
    await signIn(other.page, edgeUrl, token);
    await inspect(other, 'console-publisher');
    await other.page.goto(`${edgeUrl}/publish/access`);
    await inspect({ ...other, complaints: [] }, 'access-not-allowed');
    await page.goto(`${edgeUrl}/publish/t/${hash}`);
    await page.getByLabel('Web seeds').fill('not a URL');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Nothing was saved').waitFor();
    await inspect({ ...watched, complaints: [] }, 'manage-refused');
  });

  test('with a seed box, while something is uploaded, hashed, downloaded, lost', async () => {
    const edgeUrl = await startEdge();
    const { process, contentDir } = await startSeedBox(edgeUrl);
    const dir = createTempDir();
    writeTree(dir, {
      'Spring tour/01 opening.flac': 3_000_000,
      'Spring tour/notes/readme.txt': 900,
      'Summer tour/01 opening.flac': 3_000_000,
      'Autumn tour/01 opening.flac': 3_000_000,
    });
    const watched = await openBrowser();
    const { page } = watched;
    await signIn(page, edgeUrl);
    await inspect(watched, 'console-empty');
    await chooseFolder(page, `${dir}/Spring tour`);
    await page.getByText('More options').click();
    await inspect(watched, 'console-chosen');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Published: it is being seeded').waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Spring tour' }).first().waitFor();
    await inspect(watched, 'console');

    // The upload stands still in the middle.
    const held: Route[] = [];
    await page.route('**/api/uploads/**', (route) => void held.push(route));
    await chooseFolder(page, `${dir}/Summer tour`);
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.locator('[data-state="uploading"]').waitFor();
    await inspect(watched, 'console-uploading');
    // A request that is held back must not leave after all, as it would when its page closes.
    await watched.context.setOffline(true);
    for (const route of held) await route.abort();
    await page.close();
    const away = await openBrowser();
    await signIn(away.page, edgeUrl);
    await away.page.locator('[data-state="uploading"]').waitFor();
    await inspect(away, 'console-broken-off');
    await away.page.getByRole('button', { name: 'Cancel Summer tour' }).click();
    await away.page.locator('[data-state="cancelled"]').waitFor();
    await inspect(away, 'console-cancelled');

    // Meanwhile somebody puts something else into its place.
    await away.page.route('**/api/uploads/*', async (route) => {
      writeFileSync(join(contentDir, 'Autumn tour'), 'not ours');
      await route.continue();
    });
    await chooseFolder(away.page, `${dir}/Autumn tour`);
    await away.page.getByRole('button', { name: 'Publish', exact: true }).click();
    await away.page.locator('[data-state="failed"]').waitFor();
    await inspect(away, 'console-failed');
    await away.page.getByRole('button', { name: 'Delete Autumn tour' }).click();
    await away.page.getByText('Autumn tour', { exact: true }).waitFor({ state: 'detached' });

    await away.page.reload();
    await away.page.getByRole('link', { name: 'Spring tour', exact: true }).last().click();
    await away.page.getByRole('button', { name: 'Verify now' }).click();
    await away.page.getByText('It is being compared').waitFor();
    await inspect(away, 'manage');

    const reader = await openBrowser();
    await away.page.getByRole('link', { name: 'Its page' }).click();
    await reader.page.goto(away.page.url());
    await reader.page.locator('[data-part="start"]:visible').waitFor();
    await inspect(reader, 'torrent');
    await reader.page.route('**/webseed/**', () => undefined);
    await reader.page.addInitScript('delete globalThis.RTCPeerConnection;');
    await reader.page.reload();
    await reader.page.click('[data-part="start"]');
    await waitForPhase(reader.page, 'running');
    await inspect(reader, 'torrent-downloading');
    await reader.page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    await inspect(reader, 'torrent-stalled');
    await reader.page.unrouteAll({ behavior: 'ignoreErrors' });
    await reader.page.reload();
    await reader.page.click('[data-part="start"]');
    await waitForPhase(reader.page, 'done');
    await inspect(reader, 'torrent-done');

    const offline = await openBrowser();
    await offline.page.goto(reader.page.url());
    await offline.context.setOffline(true);
    await offline.page.click('[data-part="start"]');
    await waitForPhase(offline.page, 'failed');
    expect(await textOf(offline.page, 'trouble')).toContain('offline');
    await inspect({ ...offline, complaints: [] }, 'torrent-offline');

    await away.page.goto(`${edgeUrl}/publish`);
    await process.stop('SIGKILL');
    await chooseFolder(away.page, `${dir}/Summer tour`);
    await away.page.getByRole('button', { name: 'Publish' }).click();
    await away.page.locator('[data-part="upload-error"]:visible').waitFor();
    await inspect({ ...away, complaints: [] }, 'console-seed-box-lost');
  });
});
