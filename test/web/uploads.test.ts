import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTree } from '../support/content.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { openBrowser } from './support/browser.ts';
import { chooseFolder, signIn } from './support/console.ts';
import { startEdge, startSeedBox } from './support/edge.ts';

test('an upload that is cancelled stops at once, without a fault; dismissed, it is out of sight', async () => {
  const edgeUrl = await startEdge();
  const { contentDir } = await startSeedBox(edgeUrl);
  const dir = createTempDir();
  writeTree(dir, { 'Letters/1.bin': 20_000_000, 'Letters/2.bin': 20_000_000 });
  const { page, complaints } = await openBrowser();
  await signIn(page, edgeUrl);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let sent = 0;
  await page.route('**/api/uploads/*', async (route) => {
    sent += 1;
    await released;
    // The page may have given it up by now.
    await route.continue().catch(() => undefined);
  });
  await chooseFolder(page, join(dir, 'Letters'));
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect.poll(() => sent, { timeout: 30_000 }).toBe(2);
  await page.getByRole('button', { name: 'Cancel Letters' }).click();
  await page.locator('[data-state="cancelled"]').waitFor();
  release();
  expect(await page.locator('[data-part="upload-error"]').isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Dismiss Letters' }).click();
  await page.getByText('Letters', { exact: true }).waitFor({ state: 'detached' });
  expect(sent).toBe(2);
  expect(existsSync(contentDir)).toBe(false);
  expect(complaints).toEqual([]);
});

test('a name that is there already is refused in words, and another one is taken', async () => {
  const edgeUrl = await startEdge();
  const { contentDir } = await startSeedBox(edgeUrl);
  const dir = createTempDir();
  writeTree(dir, { 'Letters/1.bin': 2_000 });
  writeTree(contentDir, { 'Letters/mine.bin': 1 });
  const { page } = await openBrowser();
  await signIn(page, edgeUrl);
  await chooseFolder(page, join(dir, 'Letters'));
  const publish = page.getByRole('button', { name: 'Publish', exact: true });
  await publish.click();
  const error = page.locator('[data-part="upload-error"]');
  await error.waitFor();
  expect(await error.innerText()).toMatch(/^Nothing was begun: .*already/);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Letters of spring');
  await publish.click();
  await page.getByText('Published: it is being seeded').waitFor();
  expect(await error.isVisible()).toBe(false);
  expect(readdirSync(join(contentDir, 'Letters'))).toEqual(['mine.bin']);
});

test('files that were chosen before the module was there are taken all the same', async () => {
  const edgeUrl = await startEdge();
  await startSeedBox(edgeUrl);
  const dir = createTempDir();
  writeTree(dir, { 'Letters/1.bin': 2_000 });
  const { page } = await openBrowser();
  await signIn(page, edgeUrl);
  const { promise: chosen, resolve: choose } = Promise.withResolvers<void>();
  await page.route('**/assets/console-page-*', async (route) => {
    await chosen;
    await route.continue();
  });
  await page.reload({ waitUntil: 'commit' });
  await page.setInputFiles('[data-part="folder"]', join(dir, 'Letters'));
  choose();
  await page.locator('[data-part="publish"]:enabled').waitFor();
  expect(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe(
    'Letters',
  );
});
