/** ln 2 in two parts: the first has 32 trailing zero bits, so that its product with an exponent is exact. */
export const LN2_HIGH = 0.6931471803691238
export const LN2_LOW = 1.9082149292705877e-10
export const INVERSE_LN2: number = Math.LOG2E

/** Coefficients of r - 2r / (e^r - 1) + ... , the rational part of e^r, in powers of r^2 for |r| <= ln 2 / 2. */
export const EXP_1 = 0.16666666666666602
export const EXP_2 = -0.0027777777777015593
export const EXP_3 = 6.613756321437934e-5
export const EXP_4 = -1.6533902205465252e-6
export const EXP_5 = 4.1381367970572385e-8
