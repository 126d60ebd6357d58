/** What may be looked back on: how long, and in which steps. */
export const HISTORY_RANGES = {
  '24h': { label: '24 hours', seconds: 86_400, stepSeconds: 900 },
  '30d': { label: '30 days', seconds: 30 * 86_400, stepSeconds: 6 * 3600 },
} as const;

export type HistoryRange = keyof typeof HISTORY_RANGES;

export const HISTORY_RANGE_NAMES = ['24h', '30d'] as const satisfies readonly HistoryRange[];

export function isHistoryRange(text: string | undefined): text is HistoryRange {
  return text !== undefined && Object.hasOwn(HISTORY_RANGES, text);
}
