/**
 * CartPole-v1 with Gymnasium's equations and constants: a pole on a cart, balanced by pushing left or right.
 * State in float64, observation in float32; 1 per step; terminated when the cart leaves +-2.4 or the pole +-12
 * degrees, truncated after 500 steps. Starts uniform on [-0.05, 0.05] in each coordinate.
 * A. G. Barto, R. S. Sutton, C. W. Anderson: Neuronlike adaptive elements that can solve difficult learning control
 * problems (1983).
 */
import { ResetNeededError } from '../../src/errors.ts'
import type { Env, ResetOptions, ResetResult, StepResult } from '../../src/gym/env.ts'
import { Box } from '../../src/gym/spaces/box.ts'
import { Discrete } from '../../src/gym/spaces/discrete.ts'
import { cos, sin } from '../../src/random/math.ts'
import { Stream } from '../../src/random/stream.ts'

const GRAVITY = 9.8 // m/s^2
const CART_MASS = 1 // kg
const POLE_MASS = 0.1 // kg
const TOTAL_MASS = CART_MASS + POLE_MASS
const HALF_LENGTH = 0.5 // of the pole, m
const POLE_MASS_LENGTH = POLE_MASS * HALF_LENGTH
const FORCE = 10 // N
const TAU = 0.02 // seconds between states
const THETA_LIMIT = (12 * 2 * Math.PI) / 360 // rad
const X_LIMIT = 2.4 // m
const MAX_STEPS = 500
const MAX_FLOAT32 = 3.4028234663852886e38

export class CartPole implements Env<Float32Array, number> {
  readonly observationSpace: Box
  readonly actionSpace: Discrete = new Discrete(2)
  readonly metadata: { readonly renderModes: readonly string[] } = { renderModes: [] }
  private stream: Stream = Stream.derive(0, 'cartpole')
  private x = 0
  private xDot = 0
  private theta = 0
  private thetaDot = 0
  private steps = -1

  constructor() {
    const high = [2 * X_LIMIT, MAX_FLOAT32, 2 * THETA_LIMIT, MAX_FLOAT32]
    this.observationSpace = new Box(
      high.map((value) => -value),
      high,
    )
  }

  get unwrapped(): Env<unknown, unknown> {
    return this as Env<unknown, unknown>
  }

  reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    if (options.seed !== undefined) this.stream = Stream.derive(options.seed, 'cartpole')
    const start = (): number => -0.05 + 0.1 * this.stream.next()
    this.x = start()
    this.xDot = start()
    this.theta = start()
    this.thetaDot = start()
    this.steps = 0
    return { observation: this.observe(), info: {} }
  }

  step(action: number): StepResult<Float32Array> {
    if (this.steps < 0) throw new ResetNeededError()
    const force = action === 1 ? FORCE : -FORCE
    const cosTheta = cos(this.theta)
    const sinTheta = sin(this.theta)
    const temp = (force + POLE_MASS_LENGTH * this.thetaDot * this.thetaDot * sinTheta) / TOTAL_MASS
    const thetaAcceleration =
      (GRAVITY * sinTheta - cosTheta * temp) /
      (HALF_LENGTH * (4 / 3 - (POLE_MASS * cosTheta * cosTheta) / TOTAL_MASS))
    const xAcceleration = temp - (POLE_MASS_LENGTH * thetaAcceleration * cosTheta) / TOTAL_MASS
    // Euler's method: positions move by the old velocities.
    this.x += TAU * this.xDot
    this.xDot += TAU * xAcceleration
    this.theta += TAU * this.thetaDot
    this.thetaDot += TAU * thetaAcceleration
    this.steps++
    const terminated =
      this.x < -X_LIMIT || this.x > X_LIMIT || this.theta < -THETA_LIMIT || this.theta > THETA_LIMIT
    const truncated = this.steps >= MAX_STEPS
    return { observation: this.observe(), reward: 1, terminated, truncated, info: {} }
  }

  close(): void {}

  private observe(): Float32Array {
    return Float32Array.of(this.x, this.xDot, this.theta, this.thetaDot)
  }
}
