/** The version of this package; a test keeps it equal to package.json. Written into every result and checkpoint. */
export const VERSION: string = '0.1.0'
