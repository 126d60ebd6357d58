import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { expect } from 'vitest';
import type { WatchedPage } from './browser.ts';

const SHOTS = fileURLToPath(new URL('../../../test-results/web/', import.meta.url));

/** How people look at a page. */
const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1100, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1100, height: 800 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
} as const;

/**
 * Holds a page in the state that it is in to what every page promises, in each look: axe-core finds nothing, nothing
 * stands out of it sideways, and it complained of nothing. Leaves a picture of each for people to look at.
 */
export async function inspect({ page, complaints }: WatchedPage, state: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  const faults: unknown[] = [];
  for (const [look, { colorScheme, viewport }] of Object.entries(LOOKS)) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(SHOTS, `${state}-${look}.png`), fullPage: true });
    const found: unknown = await page.evaluate(`${axe.source}; axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
    if (Array.isArray(found)) faults.push(...found.map((fault) => `${look}: ${String(fault)}`));
    const overflow: unknown = await page.evaluate(
      'document.scrollingElement.scrollWidth - innerWidth',
    );
    if (Number(overflow) > 0) faults.push(`${look}: ${String(overflow)} pixels too wide`);
  }
  expect.soft([...faults, ...complaints], state).toEqual([]);
}
