import type { OverallScore, ReportTask } from './types.ts'

/** Mean score of each label that has one in every task in which it occurs, the best first. */
export function overallScores(tasks: readonly ReportTask[]): OverallScore[] {
  const scores = new Map<string, (number | null)[]>()
  for (const { rows } of tasks) {
    for (const { label, score } of rows) {
      const known = scores.get(label)
      if (known === undefined) scores.set(label, [score?.estimate ?? null])
      else known.push(score?.estimate ?? null)
    }
  }
  const overall: OverallScore[] = []
  for (const [label, values] of scores) {
    const numbers = values.filter((value) => value !== null)
    if (numbers.length < values.length) continue
    const percent = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
    overall.push({ label, tasks: numbers.length, percent })
  }
  return overall.sort((a, b) => b.tasks - a.tasks || a.percent - b.percent)
}
