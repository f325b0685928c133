/** Gives the values of a class a text of their own for `util.inspect` and `console.log`, which would else go through what they hold. */
export function shownAs<T extends object>(prototype: T, show: (value: T) => string): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: T) {
      return show(this)
    },
  })
}
