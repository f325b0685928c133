/** Version of this core, held against the `core` range of extensions; a check keeps it equal to package.json's. */
export const CORE_VERSION = '1.0.0'
