import { describeHealth, type HealthFacts } from '../../shared/health-sentence.ts';
import type { LiveCounts } from '../../shared/live-counts.ts';
import { findPart } from './parts.ts';

/** Writes the counts of this moment into the page, in figures and in words. */
export function showCounts(
  counts: LiveCounts,
  seedBoxes: Pick<HealthFacts, 'alwaysOnSeeds' | 'verifiedAtSeconds'>,
): void {
  for (const name of ['seeders', 'leechers', 'downloads'] as const) {
    setText(name, counts[name].toLocaleString('en'));
  }
  const nowSeconds = Math.floor(Date.now() / 1000);
  const health = describeHealth({ counts, ...seedBoxes, nowSeconds });
  const sentence = findPart('health', HTMLElement);
  if (sentence !== undefined) {
    sentence.dataset['tone'] = health.tone;
    setText('health', `${health.sentence}.`);
  }
  const advice = findPart('advice', HTMLElement);
  if (advice === undefined) return;
  advice.hidden = health.advice === undefined;
  advice.textContent = health.advice ?? '';
}

function setText(name: string, text: string): void {
  const element = findPart(name, HTMLElement);
  if (element !== undefined && element.textContent !== text) element.textContent = text;
}
