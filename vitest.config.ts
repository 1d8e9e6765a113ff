import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Generous: tests that start processes share the machine with the others.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

export default config
