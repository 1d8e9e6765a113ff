/** Names are unique across kinds, and so are those of links. */
import type { CheckContext } from './context.ts'

export function checkNames({ scenario, problems, partial }: CheckContext): void {
  const seen = new Map<string, string>()
  for (const section of ['workloads', 'balancers', 'services', 'databases', 'caches'] as const) {
    for (const { name } of scenario[section] ?? []) {
      const before = seen.get(name)
      if (before !== undefined)
        problems.add(
          [section, name],
          `"${name}" is already the name of one of the ${before}`,
          'Choose another name.',
        )
      else seen.set(name, section)
    }
  }
  const ways = new Map<string, number>()
  const names = new Map<string, number>()
  scenario.links.forEach((link, i) => {
    const path = ['links', partial?.linkIndex[i] ?? i]
    const way = `${link.from}->${link.to}`
    const same = ways.get(way)
    if (same !== undefined)
      problems.add(
        path,
        `a link from ${link.from} to ${link.to} is declared already (links[${same}])`,
        'Remove one of the two.',
      )
    else if (names.has(link.name))
      problems.add(
        [...path, 'name'],
        `"${link.name}" is already the name of links[${names.get(link.name)}]`,
        'Choose another name.',
      )
    else if (seen.has(link.name))
      problems.add(
        [...path, 'name'],
        `"${link.name}" is already the name of one of the ${seen.get(link.name)}`,
        'Choose another name.',
      )
    ways.set(way, partial?.linkIndex[i] ?? i)
    names.set(link.name, partial?.linkIndex[i] ?? i)
  })
}
