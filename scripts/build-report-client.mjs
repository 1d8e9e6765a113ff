/** Bundles what runs inside a report (report/client and uPlot) into one text: report/client.generated.ts. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'report/client.generated.ts')
mkdirSync(join(root, '.cache'), { recursive: true })
const outDir = mkdtempSync(join(root, '.cache/report-'))
try {
  await build({
    config: false,
    cwd: root,
    entry: { page: 'report/client/page.ts' },
    outDir,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    dts: false,
    tsconfig: 'report/client/tsconfig.json',
    noExternal: [/.*/],
    logLevel: 'error',
  })
  const script = readFileSync(join(outDir, 'page.iife.js'), 'utf8').trim()
  const require = createRequire(import.meta.url)
  const style = readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8').trim()
  // Nothing in a script element may look like its end.
  const safe = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
  const text = `/** Made by scripts/build-report-client.mjs from report/client. */
export const CLIENT_SCRIPT: string = ${JSON.stringify(safe)}
export const CLIENT_STYLE: string = ${JSON.stringify(style)}
`
  writeFileSync(`${target}.tmp`, text)
  renameSync(`${target}.tmp`, target)
  console.error(`report/client.generated.ts: ${script.length} characters of script`)
} finally {
  rmSync(outDir, { recursive: true })
}
