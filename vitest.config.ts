import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // By default one core is left idle, which on two cores doubles the time.
    maxWorkers: '100%',
    // Generous: tests that start processes share the machine with the others.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

export default config
