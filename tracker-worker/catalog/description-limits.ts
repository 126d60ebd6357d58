/** What a publisher may say of a publication: characters, and URLs. */
export const MAX_TITLE_CHARACTERS = 200;
export const MAX_DESCRIPTION_CHARACTERS = 5000;
export const MAX_ADDED_URLS = 20;
