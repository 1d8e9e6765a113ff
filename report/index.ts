/** HTML reports and SVG charts from results. */
export { renderReport } from './html/page.ts'
export { renderCharts } from './svg.ts'
export type { ReportInput } from './types.ts'
