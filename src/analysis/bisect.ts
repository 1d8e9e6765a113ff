/** Where a rising function crosses a value: plain bisection, to the last bit that a double can hold. */
export function bisect(of: (x: number) => number, value: number, low: number, high: number): number {
  let a = low
  let b = high
  for (;;) {
    const middle = a + (b - a) / 2
    if (middle <= a || middle >= b) return middle
    if (of(middle) < value) a = middle
    else b = middle
  }
}
