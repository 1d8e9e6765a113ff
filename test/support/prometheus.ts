/** A strict reader of Prometheus' text format 0.0.4: what the format's page demands, and promtool's naming rules. */

export type PrometheusSample = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export type PrometheusFamily = {
  readonly type: string
  readonly help: string
  readonly samples: PrometheusSample[]
}

/** Families by name. @throws Error with the number of the line that breaks a rule. */
export function readPrometheus(text: string): Record<string, PrometheusFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no line feed')
  const families: Record<string, PrometheusFamily> = {}
  const seen = new Set<string>()
  let current = ''
  let help: { name: string; text: string } | undefined
  text
    .slice(0, -1)
    .split('\n')
    .forEach((line, i) => {
      const refuse = (why: string): never => {
        throw new Error(`line ${i + 1}: ${why}: ${line}`)
      }
      const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
      if (comment?.[1] === 'HELP') {
        if (/(?<!\\)(\\\\)*\\[^\\n]/.test(comment[3]!)) refuse('an escape that help has not')
        help = { name: comment[2]!, text: comment[3]! }
        return
      }
      if (comment?.[1] === 'TYPE') {
        const [, , name, type] = comment as unknown as string[]
        if (help?.name !== name) refuse('a type without help before it')
        if (families[name!] !== undefined) refuse('a family in two places')
        if (!/^(counter|gauge|summary|histogram)$/.test(type!)) refuse('an unknown type')
        if ((type === 'counter') !== name!.endsWith('_total')) refuse('only counters end in _total')
        families[name!] = { type: type!, help: help!.text, samples: [] }
        current = name!
        return
      }
      const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?|NaN|[+-]Inf)$/.exec(line)
      if (sample === null) refuse('no sample')
      const [, name, inside, value] = sample as unknown as [string, string, string | undefined, string]
      const family = families[current]
      const suffix = name.startsWith(current) ? name.slice(current.length) : undefined
      if (family === undefined || suffix === undefined) return refuse('a sample outside of its family')
      const labels = readLabels(inside, refuse)
      if (family.type !== 'summary' && suffix !== '') refuse('a suffix')
      if (family.type === 'summary' && !/^(_sum|_count|)$/.test(suffix)) refuse('a suffix')
      if (
        (family.type === 'summary' && suffix === '') !== 'quantile' in labels ||
        !(Number(labels.quantile ?? 0) >= 0 && Number(labels.quantile ?? 0) <= 1)
      )
        refuse('a quantile')
      const number = /Inf$/.test(value) ? Number(`${value[0]}Infinity`) : Number(value)
      if (family.type === 'counter' && !(number >= 0)) refuse('a counter below zero')
      const key = `${name}${JSON.stringify(Object.entries(labels).sort())}`
      if (seen.has(key)) refuse('the same series twice')
      seen.add(key)
      family.samples.push({ name, labels, value: number })
    })
  return families
}

function readLabels(
  inside: string | undefined,
  refuse: (why: string) => never,
): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {}
  let rest = inside ?? ''
  while (rest !== '') {
    const match = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest)
    if (match === null || match[1]!.startsWith('__') || match[1]! in labels) return refuse('a label')
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
    rest = rest.slice(match[0].length)
  }
  return labels
}
