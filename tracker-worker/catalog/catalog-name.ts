/** The name of the one `Catalog` object. */
export const CATALOG_NAME = 'catalog';
