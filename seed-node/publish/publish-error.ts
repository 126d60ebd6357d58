/** A path could not be published, and nothing was changed; the message tells the publisher why. */
export class PublishError extends Error {}
