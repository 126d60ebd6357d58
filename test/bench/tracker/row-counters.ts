/** What `/metrics` has counted so far, summed over the shards. */
export interface RowCounters {
  readonly announces: number;
  readonly rowsWritten: number;
  /** Calls of shards that brought them. */
  readonly calls: number;
}

export interface RowCount extends RowCounters {
  readonly rowsPerAnnounce: number;
  readonly callsPerAnnounce: number;
}

/** The counters of the edge at a loopback port; `undefined` where it has none. */
export async function readRowCounters(port: number): Promise<RowCounters | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { 'cf-connecting-ip': '11.0.0.1' },
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  const announces = sumOf(text, 'evertorrent_announces_total');
  const rowsWritten = sumOf(text, 'evertorrent_rows_written_total');
  const calls = sumOf(text, 'evertorrent_announce_calls_total');
  if (!response.ok || announces === undefined || rowsWritten === undefined) return undefined;
  return calls === undefined ? undefined : { announces, rowsWritten, calls };
}

export function rowsBetween(
  before: RowCounters | undefined,
  after: RowCounters | undefined,
): RowCount | undefined {
  if (before === undefined || after === undefined) return undefined;
  const announces = after.announces - before.announces;
  const rowsWritten = after.rowsWritten - before.rowsWritten;
  const calls = after.calls - before.calls;
  return {
    announces,
    rowsWritten,
    calls,
    rowsPerAnnounce: rowsWritten / announces,
    callsPerAnnounce: calls / announces,
  };
}

/** The sum of a counter's samples (Prometheus' text format), whatever their labels. */
function sumOf(text: string, name: string): number | undefined {
  const samples = Array.from(
    text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)`, 'gm')),
  );
  if (samples.length === 0) return undefined;
  return samples.reduce((total, [, value]) => total + Number(value), 0);
}
