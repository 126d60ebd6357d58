/** What a seed box tells the edge of itself, again and again. */
export interface EverseedReport {
  /** Where its HTTP server is reached: an http or https URL with no slash at its end. */
  readonly url: string;
  /** How it serves: `tcp`, `http`; `uploads` where it takes them. */
  readonly transports: readonly string[];
  /** What the edge shows to the seed box when it passes on what publishers ask of it. */
  readonly accessKey?: string;
  /** Figures by name. */
  readonly health: Readonly<Record<string, number>>;
}

/** How often a seed box reports; the edge waits for three reports before it takes a seed box for gone. */
export const EVERSEED_REPORT_INTERVAL_SECONDS = 300;
