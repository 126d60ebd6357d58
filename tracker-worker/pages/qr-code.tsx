import { encode } from 'uqr';

/** Modules of light around the code, which readers need (ISO/IEC 18004). */
const QUIET_ZONE = 2;

/** A QR code of a text, as a picture that scales. Nothing for a text that no code holds. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const modules = modulesOf(text);
  if (modules === undefined) return null;
  const runs = modules.flatMap((row, y) => runsOf(row).map(([x, width]) => `M${x} ${y}h${width}`));
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${modules.length} ${modules.length}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path d={runs.join('')} transform="translate(0 .5)" stroke="#000" />
    </svg>
  );
}

function modulesOf(text: string): boolean[][] | undefined {
  try {
    return encode(text, { ecc: 'M', border: QUIET_ZONE }).data;
  } catch {
    return undefined;
  }
}

/** The dark runs of a row: where each begins, and its width. */
function runsOf(row: readonly boolean[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const [x, isDark] of row.entries()) {
    const last = runs.at(-1);
    if (!isDark) continue;
    if (last !== undefined && last[0] + last[1] === x) last[1] += 1;
    else runs.push([x, 1]);
  }
  return runs;
}
