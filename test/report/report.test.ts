/** The report in a real browser, opened from disk. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderCharts, renderReport } from '../../report/index.ts'
import { compare, loadScenario, monteCarlo, type Scenario, simulate } from '../../src/index.ts'

const NAME = '<script>alert(1)</script>'

/** `services` in a chain, so that the page can be made as large as wanted. */
function shop(services: number, horizon: number): Scenario {
  const chain = Array.from({ length: services }, (_, i) => {
    const call = i + 1 < services ? `, { call: s${i + 1} }` : ''
    return `  s${i}: { cores: 2, memory: 1GiB, endpoints: { page: [{ memory: 1MiB }, { cpu: { exponential: { mean: 20ms } } }${call}] } }`
  })
  return loadScenario(`
name: ${NAME}
horizon: ${horizon}
warmup: 10
slo: [p95 < 2s, errors < 1%, mean < 1ms]
workloads: { users: { to: s0, arrivals: { poisson: { rate: 20/s } }, classes: { a: {}, b: { deadline: 1s } } } }
links: [{ from: users, to: s0, latency: 5ms }]
services:
${chain.join('\n')}
events:
  - { slow: s0, factor: 1.5, at: 11, for: 20 }
  - { latency: users->s0, add: 20ms, at: 17, for: 10 }
`)
}

const folder = mkdtempSync(join(tmpdir(), 'asyncflow-report-'))
const scenario = shop(3, 120)
const result = simulate(scenario, { seed: 1 })
let browser: Browser

beforeAll(async () => {
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args,
    headless: true,
  })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true })
})

type Opened = { readonly page: Page; readonly problems: string[] }

/** The page, and everything that should not have happened in it. */
async function open(name: string, html: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const file = join(folder, name)
  writeFileSync(file, html)
  const context = await browser.newContext({ locale: 'en-US', acceptDownloads: true, ...options })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('dialog', (dialog) => {
    problems.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(`request ${request.url()}`)
  })
  await page.goto(`file://${file}`)
  return { page, problems }
}

describe('a report', () => {
  test('draws its charts at load, without an error and without the network', async () => {
    const { page, problems } = await open(
      'plain.html',
      renderReport({ result, command: 'npx asyncflow run x.yml' }),
    )
    expect(Number(await page.getAttribute('html', 'data-charts'))).toBeGreaterThanOrEqual(4)
    expect(await page.locator('canvas').count()).toBeGreaterThanOrEqual(4)
    expect(await page.locator('figure svg').count()).toBeGreaterThanOrEqual(5)
    expect(await page.textContent('h1')).toBe(NAME)
    expect(await page.title()).toBe(NAME)
    expect(await page.textContent('.verdict')).toBe('1 of 3 objectives is missed.')
    expect(await page.textContent('pre')).toBe('npx asyncflow run x.yml')
    expect(problems).toEqual([])
  })

  test('has every instant of the series in its charts and tables', async () => {
    const { page } = await open('points.html', renderReport({ result }))
    const data = JSON.parse((await page.textContent('#data'))!)
    expect(data.time).toEqual(result.series.time)
    for (const { series } of data.panels) {
      for (const { values } of series) expect(values).toHaveLength(result.series.time.length)
    }
    await page.click('#panel-throughput summary')
    await page.waitForSelector('#panel-throughput details table')
    expect(await page.locator('#panel-throughput details tr').count()).toBe(result.series.time.length + 1)
  })

  test('moves one crosshair through all charts, by mouse and by key', async () => {
    const { page, problems } = await open('crosshair.html', renderReport({ result }))
    const shown = (id: string): Promise<string | null> => page.textContent(`#panel-${id} .u-value`)
    expect(await shown('latency')).toBe('–')
    await page.locator('#panel-throughput .u-over').hover({ position: { x: 200, y: 60 } })
    const here = await shown('throughput')
    expect(here).toMatch(/\d s/)
    expect(await shown('latency')).toBe(here)
    await page.locator('#panel-throughput .chart').focus()
    await page.keyboard.press('Shift+ArrowRight')
    expect(await shown('latency')).not.toBe(here)
    expect(await shown('latency')).toBe(await shown('throughput'))
    expect(problems).toEqual([])
  })

  test.each([
    ['#panel-throughput .csv', /^time,sent,ok,errors\n/],
    ['#panel-throughput .svg', /^<svg xmlns/],
    ['[data-svg=ecdf] .csv', /^share of requests,at most\n/],
    ['[data-svg=ecdf] .svg', /^<svg /],
  ])('saves %s', async (button, content) => {
    const { page } = await open('export.html', renderReport({ result }))
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)])
    expect(readFileSync(await download.path(), 'utf8')).toMatch(content)
  })

  test('shows intervals, bands and variants where there are some', async () => {
    const many = await monteCarlo(scenario, { replications: 3, series: ['requests.open'] })
    const comparison = await compare(
      [
        { name: 'as it is', scenario },
        { name: 'longer', scenario: shop(3, 130) },
      ],
      { replications: 3 },
    )
    const html = renderReport({ result, monteCarlo: many, comparison })
    const { page, problems } = await open('full.html', html)
    expect(await page.locator('caption', { hasText: 'paired differences' }).count()).toBe(1)
    const data = JSON.parse((await page.textContent('#data'))!)
    const panel = data.panels.find(({ id }: { id: string }) => id === 'open')
    expect(panel.series[0].low).toHaveLength(data.time.length)
    expect(problems).toEqual([])
  })

  test.each<[string, BrowserContextOptions]>([
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 800 } }],
  ])('fits the reader: %s', async (_, options) => {
    const { page, problems } = await open('fits.html', renderReport({ result }), options)
    const sideways = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect(sideways).toBeLessThanOrEqual(0)
    // Charts redraw when the setting changes.
    await page.emulateMedia({ colorScheme: 'light' })
    expect(problems).toEqual([])
  })

  test('says how a warm-up was found', () => {
    const truncation = { method: 'mser-5', seconds: 10, share: 1 / 12, pilots: 5, reliable: true } as const
    expect(renderReport({ result })).not.toContain('MSER-5 from')
    expect(renderReport({ result: { ...result, truncation } })).toContain(
      'The warm-up of 10 s, 8.33 % of the run, was found by MSER-5 from the requests without an answer in 5 pilot runs.',
    )
  })

  test('writes tables that fit a page of 1280 pixels, and the unit of an interval once', async () => {
    const comparison = await compare(
      [
        { name: 'as it is', scenario },
        { name: 'with more cores', scenario: { ...scenario, name: 'more' } },
      ],
      { replications: 3 },
    )
    const html = renderReport({ result, comparison })
    expect(html).toMatch(/<small class="faint">[\d.]+ to [\d.]+ ms<\/small>/)
    const { page } = await open('tables.html', html, { viewport: { width: 1280, height: 900 } })
    const clipped = await page.evaluate(
      "[...document.querySelectorAll('section > .scroll')].filter((one) => one.scrollWidth > one.clientWidth).length",
    )
    expect(clipped).toBe(0)
  })

  test('stays below 3 MB for an hour of twenty components', () => {
    const large = simulate(shop(20, 3600), { seed: 1 })
    expect(renderReport({ result: large }).length).toBeLessThan(3e6)
  })
})

describe('charts', () => {
  test('are SVG texts that look the same in every run', () => {
    const charts = renderCharts(result)
    expect(Object.keys(charts)).toEqual(
      expect.arrayContaining([
        'topology',
        'ecdf',
        'tail',
        'phases',
        'load',
        'throughput',
        'latency',
        'queues',
        'cpu',
      ]),
    )
    for (const svg of Object.values(charts)) {
      expect(svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
      expect(svg).not.toMatch(/NaN|undefined|<script/)
    }
    expect(renderCharts(simulate(scenario, { seed: 1 }))).toEqual(charts)
  })

  test('of a small system are as they were', () => {
    // Few samples, so that a person can read what differs.
    const small = simulate({ ...shop(2, 20), samplePeriod: 2 }, { seed: 2 })
    for (const [name, svg] of Object.entries(renderCharts(small))) expect(svg).toMatchSnapshot(name)
  })

  test('are left out where nothing was answered', () => {
    const none = simulate(
      loadScenario(
        'horizon: 1\nworkloads: { u: { to: s, arrivals: { trace: { times: [0.9] } } } }\nservices: { s: { endpoints: { e: [{ cpu: 5s }] } } }',
      ),
    )
    expect(Object.keys(renderCharts(none))).not.toContain('ecdf')
    expect(renderReport({ result: none })).toContain('Nothing was answered')
  })
})
