/** Observable Plot without a browser. Bundled into one file at build, so that users install nothing for it. */
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

export { Plot }

const { document } = parseHTML('<!doctype html><html><body></body></html>')

/** The chart as SVG text. `title` and `description` are read out by screen readers. */
export function svgOf(options: Plot.PlotOptions, title: string, description = ''): string {
  const svg = Plot.plot({
    ...options,
    document: document as never,
    // A name of its own for the rules of style, the same in every run.
    className: 'plot',
    ariaLabel: title,
    ariaDescription: description,
    style: { fontSize: '12px', background: 'none' },
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  svg.setAttribute('role', 'img')
  return svg.outerHTML
}
