/** SVG charts as PNG by the optional package @resvg/resvg-js, with a font that is the same on every machine. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ConfigError } from '../../src/errors.ts'
import { loadOptional } from '../input/optional-package.ts'

export type PngEncoder = (svg: string) => Uint8Array

/** Pixels per unit of the chart: sharp on dense screens and in print. */
const SCALE = 2

const FONT = 'DejaVu Sans'

/**
 * @throws ConfigError without the package, and where there is no font: text would be left out without a word.
 */
async function pngEncoder(): Promise<PngEncoder> {
  const { Resvg } = await loadOptional(
    // A CommonJS module: its names may stand on the default export only.
    async () => {
      const loaded = await import('@resvg/resvg-js')
      return loaded.default ?? loaded
    },
    '@resvg/resvg-js',
    '--png',
    'Run npm install @resvg/resvg-js dejavu-fonts-ttf, or use --svg.',
  )
  const font = fontOptions()
  const probe = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">x</text></svg>'
  if (new Resvg(probe, { font }).getBBox() === undefined) {
    const hint = 'Run npm install dejavu-fonts-ttf, or install a font of the system.'
    throw new ConfigError([{ what: 'there is no font, charts would have no text', path: '--png', hint }])
  }
  return (svg) => {
    const image = new Resvg(svg, { font, background: 'white', fitTo: { mode: 'zoom', value: SCALE } })
    return Uint8Array.from(image.render().asPng())
  }
}

/** What `writeCharts` takes, for a folder that an option names. */
export async function pngFolder(
  folder: string | undefined,
): Promise<{ readonly folder: string; readonly encode: PngEncoder } | undefined> {
  return folder === undefined ? undefined : { folder, encode: await pngEncoder() }
}

/** The fonts of the package where it is installed, else those of the system. */
function fontOptions(): { loadSystemFonts: boolean; fontFiles?: string[]; defaultFontFamily?: string } {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'))
    const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => join(folder, 'ttf', file))
    return { loadSystemFonts: false, fontFiles, defaultFontFamily: FONT }
  } catch {
    return { loadSystemFonts: true }
  }
}
