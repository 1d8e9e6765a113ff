// Dense layers, their gradients and Adam on float32 matrices in linear memory (AssemblyScript).
// Matrices are row-major; a width called `columns` is a multiple of 4, and whoever lays out the memory pads
// with zeros up to it. Sums run over the inner index in rising order in every code path, so that a row of a
// batch has the same bits as the same row alone. No relaxed SIMD: every operation is fully specified.

/** Values of an `activation` argument. */
const TANH: i32 = 1
const RELU: i32 = 2

/** y = activation(x w + b): x has rows of `xRow` floats of which `inputs` count, w is inputs x columns, y is rows x columns. */
export function dense(
  x: usize, xRow: i32, w: usize, b: usize, y: usize, rows: i32, inputs: i32, columns: i32, activation: i32,
): void {
  multiply(x, xRow << 2, 4, w, b, y, rows, columns, inputs)
  activate(y, (rows * columns) >> 2, activation)
}

/** The gradient dz at a layer's sums gives dw = x^T dz and db = the sums of dz's columns. */
export function gradientOfWeights(
  x: usize, xRow: i32, dz: usize, dw: usize, db: usize, rows: i32, inputs: i32, columns: i32,
): void {
  multiply(x, 4, xRow << 2, dz, 0, dw, inputs, columns, rows)
  const rowBytes: usize = columns << 2
  for (let j: usize = 0; j < rowBytes; j += 16) {
    let sum = f32x4.splat(0)
    let at = dz + j
    for (let r = 0; r < rows; r++) {
      sum = f32x4.add(sum, v128.load(at))
      at += rowBytes
    }
    v128.store(db + j, sum)
  }
}

/**
 * dx = (dz w^T) times the derivative of the activation that gave y. dz is rows x columns, of which the first `outputs`
 * count; w is inputs x columns; dx and y are rows x width, where width is `inputs` padded; `wt` is room for columns x width.
 */
export function gradientOfInputs(
  dz: usize, w: usize, wt: usize, y: usize, dx: usize,
  rows: i32, outputs: i32, columns: i32, inputs: i32, width: i32, activation: i32,
): void {
  transpose(w, wt, inputs, columns, width)
  multiply(dz, columns << 2, 4, wt, 0, dx, rows, width, outputs)
  timesDerivative(dx, y, (rows * width) >> 2, activation)
}

/** The sum of squares of n floats, n a multiple of 4, in float64. */
export function sumOfSquares(x: usize, n: i32): f64 {
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let end = x + (<usize>n << 2); x < end; x += 16) {
    const v = v128.load(x)
    const a = f64x2.promote_low_f32x4(v)
    const b = f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3))
    low = f64x2.add(low, f64x2.mul(a, a))
    high = f64x2.add(high, f64x2.mul(b, b))
  }
  const sum = f64x2.add(low, high)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/**
 * One step of Adam (Kingma and Ba, 2015) over n parameters p, n a multiple of 4, with g scaled by `scale`:
 * m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, p -= rate m / (sqrt(v) inverseRoot + epsilon),
 * where rate = learning rate / (1 - beta1^t) and inverseRoot = 1 / sqrt(1 - beta2^t).
 */
export function adam(
  p: usize, g: usize, m: usize, v: usize, n: i32,
  scale: f32, beta1: f32, beta2: f32, rate: f32, inverseRoot: f32, epsilon: f32,
): void {
  const b1 = f32x4.splat(beta1)
  const b2 = f32x4.splat(beta2)
  const c1 = f32x4.splat(1 - beta1)
  const c2 = f32x4.splat(1 - beta2)
  const s = f32x4.splat(scale)
  const step = f32x4.splat(rate)
  const root = f32x4.splat(inverseRoot)
  const e = f32x4.splat(epsilon)
  for (let end = p + (<usize>n << 2); p < end; p += 16) {
    const gradient = f32x4.mul(v128.load(g), s)
    const mean = f32x4.add(f32x4.mul(b1, v128.load(m)), f32x4.mul(c1, gradient))
    const square = f32x4.add(f32x4.mul(b2, v128.load(v)), f32x4.mul(c2, f32x4.mul(gradient, gradient)))
    v128.store(m, mean)
    v128.store(v, square)
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(square), root), e)
    v128.store(p, f32x4.sub(v128.load(p), f32x4.div(f32x4.mul(step, mean), denominator)))
    g += 16
    m += 16
    v += 16
  }
}

/** Four values of tanh in place, `blocks` times: for tests of its accuracy. */
export function tanhInPlace(x: usize, blocks: i32): void {
  activate(x, blocks, TANH)
}

function activate(y: usize, blocks: i32, activation: i32): void {
  const end = y + (<usize>blocks << 4)
  if (activation == TANH) {
    for (; y < end; y += 16) v128.store(y, tanh4(v128.load(y)))
  } else if (activation == RELU) {
    const zero = f32x4.splat(0)
    for (; y < end; y += 16) v128.store(y, f32x4.pmax(v128.load(y), zero))
  }
}

/** The derivative in terms of the output: 1 - y^2 of tanh, [y > 0] of relu. */
function timesDerivative(dx: usize, y: usize, blocks: i32, activation: i32): void {
  const end = dx + (<usize>blocks << 4)
  if (activation == TANH) {
    const one = f32x4.splat(1)
    for (; dx < end; dx += 16) {
      const t = v128.load(y)
      v128.store(dx, f32x4.mul(v128.load(dx), f32x4.sub(one, f32x4.mul(t, t))))
      y += 16
    }
  } else if (activation == RELU) {
    const zero = f32x4.splat(0)
    for (; dx < end; dx += 16) {
      v128.store(dx, v128.and(v128.load(dx), f32x4.gt(v128.load(y), zero)))
      y += 16
    }
  }
}

/**
 * tanh(x) = x P(x^2) / Q(x^2), both of degree 4: our own minimax fit of the relative error on |x| <= 9.02 (2.1e-8);
 * in float32 the relative error stays below 4e-7. Beyond 9.01 the float32 next to tanh is 1. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
function tanh4(input: v128): v128 {
  const one = f32x4.splat(1)
  const x = f32x4.pmax(f32x4.pmin(input, f32x4.splat(9.01)), f32x4.splat(-9.01))
  const u = f32x4.mul(x, x)
  let p = f32x4.add(f32x4.mul(u, f32x4.splat(1.3319093383656807e-8)), f32x4.splat(2.058349855360575e-5))
  p = f32x4.add(f32x4.mul(p, u), f32x4.splat(0.0034940356854349375))
  p = f32x4.add(f32x4.mul(p, u), f32x4.splat(0.13379718363285065))
  p = f32x4.mul(f32x4.add(f32x4.mul(p, u), one), x)
  let q = f32x4.add(f32x4.mul(u, f32x4.splat(7.762028531033138e-7)), f32x4.splat(0.00032830945565365255))
  q = f32x4.add(f32x4.mul(q, u), f32x4.splat(0.025871077552437782))
  q = f32x4.add(f32x4.mul(q, u), f32x4.splat(0.4671303331851959))
  q = f32x4.add(f32x4.mul(q, u), one)
  return f32x4.pmax(f32x4.pmin(f32x4.div(p, q), one), f32x4.splat(-1))
}

/** wt (columns x width) = w^T (inputs x columns), zeros where width exceeds inputs. */
function transpose(w: usize, wt: usize, inputs: i32, columns: i32, width: i32): void {
  const row: usize = columns << 2
  const wtRow: usize = width << 2
  const zero = f32x4.splat(0)
  for (let k = 0; k < width; k += 4) {
    let from = w + <usize>k * row
    let to = wt + (<usize>k << 2)
    for (let j = 0; j < columns; j += 4) {
      const a = k < inputs ? v128.load(from) : zero
      const b = k + 1 < inputs ? v128.load(from + row) : zero
      const c = k + 2 < inputs ? v128.load(from + 2 * row) : zero
      const d = k + 3 < inputs ? v128.load(from + 3 * row) : zero
      const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
      const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
      const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
      const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
      v128.store(to, v128.shuffle<i32>(ab0, cd0, 0, 1, 4, 5))
      v128.store(to + wtRow, v128.shuffle<i32>(ab0, cd0, 2, 3, 6, 7))
      v128.store(to + 2 * wtRow, v128.shuffle<i32>(ab1, cd1, 0, 1, 4, 5))
      v128.store(to + 3 * wtRow, v128.shuffle<i32>(ab1, cd1, 2, 3, 6, 7))
      from += 16
      to += 4 * wtRow
    }
  }
}

/**
 * c (rows x columns) = a b + bias, where a's element (i, p) lies at a + i aRow + p aStep, b is depth x columns and
 * bias (a row, or 0 for none) starts the sums.
 */
function multiply(
  a: usize, aRow: usize, aStep: usize, b: usize, bias: usize, c: usize, rows: i32, columns: i32, depth: i32,
): void {
  const row: usize = columns << 2
  let i = 0
  for (; i + 4 <= rows; i += 4) {
    let j: usize = 0
    for (; j + 32 <= row; j += 32) block4x8(a, aRow, aStep, b + j, bias == 0 ? 0 : bias + j, c + j, row, depth)
    if (j < row) block4x4(a, aRow, aStep, b + j, bias == 0 ? 0 : bias + j, c + j, row, depth)
    a += 4 * aRow
    c += 4 * row
  }
  for (; i < rows; i++) {
    let j: usize = 0
    for (; j + 64 <= row; j += 64) block1x16(a, aStep, b + j, bias == 0 ? 0 : bias + j, c + j, row, depth)
    for (; j < row; j += 16) block1x4(a, aStep, b + j, bias == 0 ? 0 : bias + j, c + j, row, depth)
    a += aRow
    c += row
  }
}

// @ts-ignore: decorator
@inline
function start(bias: usize, offset: usize): v128 {
  return bias == 0 ? f32x4.splat(0) : v128.load(bias + offset)
}

function block4x8(a: usize, aRow: usize, aStep: usize, b: usize, bias: usize, c: usize, row: usize, depth: i32): void {
  const left = start(bias, 0)
  const right = start(bias, 16)
  let c00 = left, c01 = right, c10 = left, c11 = right, c20 = left, c21 = right, c30 = left, c31 = right
  let a0 = a, a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow
  for (let p = 0; p < depth; p++) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let s = v128.load32_splat(a0)
    c00 = f32x4.add(c00, f32x4.mul(s, b0))
    c01 = f32x4.add(c01, f32x4.mul(s, b1))
    s = v128.load32_splat(a1)
    c10 = f32x4.add(c10, f32x4.mul(s, b0))
    c11 = f32x4.add(c11, f32x4.mul(s, b1))
    s = v128.load32_splat(a2)
    c20 = f32x4.add(c20, f32x4.mul(s, b0))
    c21 = f32x4.add(c21, f32x4.mul(s, b1))
    s = v128.load32_splat(a3)
    c30 = f32x4.add(c30, f32x4.mul(s, b0))
    c31 = f32x4.add(c31, f32x4.mul(s, b1))
    a0 += aStep
    a1 += aStep
    a2 += aStep
    a3 += aStep
    b += row
  }
  v128.store(c, c00)
  v128.store(c, c01, 16)
  c += row
  v128.store(c, c10)
  v128.store(c, c11, 16)
  c += row
  v128.store(c, c20)
  v128.store(c, c21, 16)
  c += row
  v128.store(c, c30)
  v128.store(c, c31, 16)
}

function block4x4(a: usize, aRow: usize, aStep: usize, b: usize, bias: usize, c: usize, row: usize, depth: i32): void {
  let c0 = start(bias, 0)
  let c1 = c0, c2 = c0, c3 = c0
  let a0 = a, a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow
  for (let p = 0; p < depth; p++) {
    const b0 = v128.load(b)
    c0 = f32x4.add(c0, f32x4.mul(v128.load32_splat(a0), b0))
    c1 = f32x4.add(c1, f32x4.mul(v128.load32_splat(a1), b0))
    c2 = f32x4.add(c2, f32x4.mul(v128.load32_splat(a2), b0))
    c3 = f32x4.add(c3, f32x4.mul(v128.load32_splat(a3), b0))
    a0 += aStep
    a1 += aStep
    a2 += aStep
    a3 += aStep
    b += row
  }
  v128.store(c, c0)
  v128.store(c + row, c1)
  v128.store(c + 2 * row, c2)
  v128.store(c + 3 * row, c3)
}

function block1x16(a: usize, aStep: usize, b: usize, bias: usize, c: usize, row: usize, depth: i32): void {
  let c0 = start(bias, 0)
  let c1 = start(bias, 16)
  let c2 = start(bias, 32)
  let c3 = start(bias, 48)
  for (let p = 0; p < depth; p++) {
    const s = v128.load32_splat(a)
    c0 = f32x4.add(c0, f32x4.mul(s, v128.load(b)))
    c1 = f32x4.add(c1, f32x4.mul(s, v128.load(b, 16)))
    c2 = f32x4.add(c2, f32x4.mul(s, v128.load(b, 32)))
    c3 = f32x4.add(c3, f32x4.mul(s, v128.load(b, 48)))
    a += aStep
    b += row
  }
  v128.store(c, c0)
  v128.store(c, c1, 16)
  v128.store(c, c2, 32)
  v128.store(c, c3, 48)
}

function block1x4(a: usize, aStep: usize, b: usize, bias: usize, c: usize, row: usize, depth: i32): void {
  let c0 = start(bias, 0)
  for (let p = 0; p < depth; p++) {
    c0 = f32x4.add(c0, f32x4.mul(v128.load32_splat(a), v128.load(b)))
    a += aStep
    b += row
  }
  v128.store(c, c0)
}
