// Types alone: the service worker is one file, and shares no code with the page.

/** What the service worker asks the page that plays, with a port for the answer. */
export interface MediaRequest {
  readonly type: 'media';
  readonly url: string;
  /** The `Range` header. */
  readonly range: string | null;
}

/** The first message over the port; the bytes follow, one chunk for each `pull`, and null at their end. */
export interface MediaAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

export type MediaPull = 'pull' | 'cancel';
