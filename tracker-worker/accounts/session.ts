/** How long a session lasts: a working day, and no renewal. */
export const SESSION_SECONDS = 43_200;

/** What a session cookie says. */
export interface Session {
  /** The token that it was opened with, and whose end it does not outlive. */
  readonly tokenId: string;
  readonly expiresAtSeconds: number;
  /** Random: two sessions of one token have nothing in common. */
  readonly id: string;
}
