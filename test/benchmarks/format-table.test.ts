import { describe, expect, it } from 'vitest'
import { formatTable, type Report, type ReportRow, type ReportTask } from '../../benchmarks/index.ts'
import { isUnstable } from '../../benchmarks/report/stability.ts'

const interval = (estimate: number, half: number | null) => ({
  estimate,
  low: half === null ? null : estimate - half,
  high: half === null ? null : estimate + half,
  level: 0.95,
  n: 8,
})

const row = (label: string, rest: Partial<ReportRow>): ReportRow => ({
  label,
  agent: { name: label, params: {} },
  kind: 'heuristic',
  mode: null,
  information: 'own',
  status: 'ok',
  error: null,
  cost: interval(2, 0.25),
  toBest: null,
  toBaseline: null,
  score: null,
  decisionSeconds: 2.5e-7,
  parameterCount: null,
  budget: { training: 0, validation: 0, tuning: 0 },
  tuning: null,
  training: [],
  costs: [],
  ...rest,
})

const task: ReportTask = {
  name: 'pool',
  environment: 'LoadBalancing-v0',
  kwargs: {},
  cost: 'decision',
  seeds: [1, 2, 3],
  episodeLength: 100,
  settle: 0,
  baseline: 'random',
  best: { own: 'jsq' },
  rows: [
    row('ppo (argmax)', {
      kind: 'learner',
      mode: 'argmax',
      cost: interval(1.5, 0.25),
      toBest: { ...interval(-0.5, 0.125), to: 'jsq' },
      toBaseline: { ...interval(-1500, 125), to: 'random' },
      score: interval(-28.77, 2),
      parameterCount: 4610,
      decisionSeconds: 3e-6,
    }),
    row('jsq', { score: interval(0, 0) }),
    row('random', { status: 'unstable', cost: interval(1502, null), information: 'oracle' }),
  ],
}

const report: Report = {
  schema: 1,
  suite: { name: 's', description: '', hash: '' },
  version: '0',
  code: '',
  trainingSeeds: [1],
  tasks: [task],
  overall: [],
}

describe('a table', () => {
  it('as text aligns its columns and says what is to be noted', () => {
    const lines = formatTable(report).split('\n')
    expect(lines[1]).toBe(
      'LoadBalancing-v0, cost per decision in reward units, 3 paired evaluation episodes of 100 decisions.',
    )
    expect(lines.slice(3, 8)).toEqual([
      'agent              sees    mean cost   95 % interval  to best heuristic       95 % interval  to random   95 % interval  score %  decision  parameters',
      '-----------------  ------  ---------  --------------  -----------------  ------------------  ---------  --------------  -------  --------  ----------',
      'ppo (argmax)       own         1.500  1.250 to 1.750            -0.5000  -0.6250 to -0.3750      -1500  -1625 to -1375    -28.8    3.0 us        4610',
      'jsq *              own         2.000  1.750 to 2.250                  -                   -          -               -      0.0   0.25 us           -',
      'random (unstable)  oracle       1502         unknown                  -                   -          -               -        -   0.25 us           -',
    ])
    expect(formatTable(report)).toContain('random: the cost grows through the episode')
    expect(formatTable(report).endsWith('\n')).toBe(true)
  })

  it('as Markdown has one cell for each column in every row', () => {
    const rows = formatTable(report, 'markdown')
      .split('\n')
      .filter((line) => line.startsWith('|'))
    expect(rows).toHaveLength(5)
    for (const line of rows) expect(line.split('|')).toHaveLength(13)
    expect(rows[1]).toMatch(/^\|-+\|-+\|-+:\|/)
  })
})

describe('instability', () => {
  const episode = (quarters: number[]) => ({
    seed: 1,
    decisions: 100,
    elapsed: 1,
    return: -1,
    terminated: false,
    quarters,
  })

  it('is a cost that rises throughout and more than doubles, in half of the episodes', () => {
    const growing = episode([1, 2, 3, 4])
    const slightly = episode([1, 1.1, 1.2, 1.3])
    const noisy = episode([1, 4, 2, 3])
    expect(isUnstable([growing, growing, noisy, slightly])).toBe(true)
    expect(isUnstable([growing, slightly, noisy])).toBe(false)
    expect(isUnstable([episode([])])).toBe(false)
    expect(isUnstable([])).toBe(false)
  })
})
