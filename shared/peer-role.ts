/** What a peer has (BEP 21): all; a part, and it wants no more (`event=paused`); or a part, and it wants the rest. */
export type PeerRole = 'seeder' | 'partial' | 'leecher';
