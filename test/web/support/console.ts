import type { Page } from 'playwright-core';
import { TOKEN } from './edge.ts';

/** Opens the console as a person does: by the form. */
export async function signIn(page: Page, edgeUrl: string, token = TOKEN): Promise<void> {
  await page.goto(`${edgeUrl}/publish`);
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Publish', exact: true }).waitFor();
}

/** Chooses a folder of this machine, and waits until the page knows what is in it. */
export async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.setInputFiles('[data-part="folder"]', folder);
  await page.locator('[data-part="publish"]:enabled').waitFor();
}
