// Runs the CartPole study and writes its output beside this file. It bundles what it needs: no build is required
// but that of the kernel (node scripts/build-kernel.mjs).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'tsdown'

const root = fileURLToPath(new URL('../..', import.meta.url))
mkdirSync(join(root, '.cache'), { recursive: true })
const outDir = mkdtempSync(join(root, '.cache/cartpole-'))
try {
  await build({
    config: false,
    cwd: root,
    root: '.',
    entry: ['benchmarks/studies/cartpole-ppo.ts', 'test/reference-envs/cartpole.ts'],
    outDir,
    format: 'esm',
    platform: 'node',
    fixedExtension: true,
    deps: { skipNodeModulesBundle: true },
    unbundle: true,
    dts: false,
    logLevel: 'error',
  })
  const load = (file) => import(pathToFileURL(join(outDir, file)))
  const { cartPoleStudy } = await load('benchmarks/studies/cartpole-ppo.mjs')
  const { CartPole } = await load('test/reference-envs/cartpole.mjs')
  const study = cartPoleStudy(() => new CartPole(), {
    onSeed: ({ seed, best, final }) => console.error(`seed ${seed}: best ${best}, final ${final}`),
  })
  writeFileSync(new URL('cartpole-ppo.json', import.meta.url), `${JSON.stringify(study, undefined, 2)}\n`)
  console.error(`${study.solved} of ${study.seeds.length} seeds reached ${study.threshold}`)
} finally {
  rmSync(outDir, { recursive: true })
}
