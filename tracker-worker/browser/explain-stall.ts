/** What is known when nothing has come for a while. */
export interface StallFacts {
  /** Whether the browser has WebRTC at all. */
  readonly hasWebRtc: boolean;
  /** Undefined until the tracker has answered or failed. */
  readonly isTrackerReached: boolean | undefined;
  /** Connected now. */
  readonly webRtcPeers: number;
  /** How a web seed answered when it was asked; undefined where there is none. */
  readonly webSeed: WebSeedAnswer | undefined;
  /** What the tracker counts; undefined where it is not known. */
  readonly seeders: number | undefined;
}

export type WebSeedAnswer =
  | { readonly type: 'answered'; readonly status: number }
  | { readonly type: 'unreachable' };

/** Says why nothing comes, one reason a line, and what helps. */
export function explainStall(facts: StallFacts): string[] {
  const reasons = [trackerReason(facts), peerReason(facts), webSeedReason(facts)];
  const known = reasons.filter((reason) => reason !== undefined);
  return [...known, 'It goes on by itself as soon as something comes.'];
}

function trackerReason({ isTrackerReached }: StallFacts): string | undefined {
  if (isTrackerReached !== false) return undefined;
  return 'The tracker cannot be reached, so that no other people are found: a network or an extension may block WebSockets.';
}

function peerReason({ hasWebRtc, isTrackerReached, webRtcPeers, seeders }: StallFacts) {
  if (!hasWebRtc)
    return 'This browser has WebRTC switched off, so that it reaches no other people.';
  if (webRtcPeers > 0) return `${webRtcPeers} connected, but none of them sends anything now.`;
  if (isTrackerReached === false) return undefined;
  if (seeders === 0) return 'Nobody who has all of it is online now.';
  return 'Others are there, but no WebRTC connection to them came about: a firewall may let no UDP through.';
}

function webSeedReason({ webSeed }: StallFacts): string | undefined {
  if (webSeed === undefined) return 'There is no web seed to download from over HTTPS.';
  if (webSeed.type === 'unreachable') return 'The web seed cannot be reached.';
  const { status } = webSeed;
  if (status === 200 || status === 206) return undefined;
  return status === 503
    ? 'The web seed is there, but no seed box behind it can give the files now.'
    : `The web seed answers with HTTP ${status}.`;
}
