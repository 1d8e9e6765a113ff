/** One measurement: ours and the peer in turns, several rounds each, medians. */
import { quantile } from '../../src/analysis/quantile.ts'
import type { Measurement, Row } from './measurement.ts'
import { type SubjectProcess, startPeer, startSubject } from './subject-process.ts'

export type MeasureOptions = {
  /** Rounds of each side, in turns. */
  readonly rounds: number
  /** Passes of a round are repeated for at least this long. */
  readonly seconds: number
  /** Flags of the command line, for peers that need one. */
  readonly flags: ReadonlySet<string>
  readonly tell: (message: string) => void
}

export type MeasuredRow = Row & {
  /** The first pass of a fresh process, in the unit of the row. */
  readonly cold: { readonly ours: number; readonly peer: number | null }
}

export async function measure(measurement: Measurement, options: MeasureOptions): Promise<MeasuredRow> {
  const { rounds, seconds, flags, tell } = options
  const ours = await startSubject(measurement, measurement.ours ?? 'ours')
  let peer: SubjectProcess | null = null
  try {
    peer = await startPeer(measurement, flags).catch((error: Error) => {
      tell(`${measurement.name}: the peer is not measured: ${error.message}`)
      return null
    })
    const figureOf = (rates: readonly number[]): number => {
      const rate = quantile(rates, 0.5)
      return measurement.kind === 'cost' ? 1e6 / rate : rate
    }
    const cold = { ours: figureOf(await ours.round(0)), peer: peer && figureOf(await peer.round(0)) }
    // A figure is of a fresh process: there is nothing to warm.
    const turns = measurement.kind === 'figure' ? 0 : rounds
    const figures = { ours: [] as number[], peer: [] as number[] }
    for (let i = 0; i < turns; i++) {
      figures.ours.push(figureOf(await ours.round(seconds)))
      if (peer !== null) figures.peer.push(figureOf(await peer.round(seconds)))
    }
    const own = turns === 0 ? cold.ours : quantile(figures.ours, 0.5)
    const other = peer === null || turns === 0 ? cold.peer : quantile(figures.peer, 0.5)
    return {
      name: measurement.name,
      unit: measurement.unit,
      ours: own,
      peer: other,
      peerName: peer?.name ?? measurement.peerName,
      ratio: other === null ? null : own / other,
      cold,
    }
  } finally {
    ours.stop()
    peer?.stop()
  }
}
