/** What may be said of a publication: characters, and URLs. */
export const MAX_TITLE_CHARACTERS = 200;
export const MAX_DESCRIPTION_CHARACTERS = 5000;
export const MAX_PUBLISHER_CHARACTERS = 64;
export const MAX_ADDED_URLS = 20;
