/** The package's own version. */
export const DB_VERSION = '1.0.0'
