/** The rows of the page that is rendered. */
export const ROWS: readonly { readonly name: string; readonly price: number; readonly note: string }[] = Array.from(
  { length: 20 },
  (_, index) => ({ name: `Part ${index} of the engine`, price: 9.5 + index, note: `Fits <all> engines & gears of kind ${index}` }),
)
