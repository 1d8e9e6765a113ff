/** How far a long command is: a bar on a terminal, one plain line per ten seconds otherwise, nothing under --quiet. */
import cliProgress from 'cli-progress'

export const LINE_EVERY_MS = 10_000

export interface Progress {
  /** `note` is a few words on how it goes; `total` replaces the one given at the start. */
  readonly update: (done: number, note?: string, total?: number) => void
  readonly stop: () => void
}

export function startProgress(label: string, total: number, quiet: boolean): Progress {
  if (quiet) return { update() {}, stop() {} }
  return process.stderr.isTTY ? startBar(label, total) : startLines(label, total)
}

function startBar(label: string, total: number): Progress {
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: `${label} {bar} {percentage}% {value}/{total} {eta_formatted} left {note}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(total, 0, { note: '' })
  return {
    update(done, note = '', newTotal = total) {
      if (newTotal !== bar.getTotal()) bar.setTotal(newTotal)
      bar.update(done, { note })
    },
    stop: () => bar.stop(),
  }
}

function startLines(label: string, total: number): Progress {
  let last = Date.now()
  return {
    update(done, note = '', newTotal = total) {
      if (Date.now() - last < LINE_EVERY_MS) return
      last = Date.now()
      const percent = Math.floor((100 * done) / newTotal)
      process.stderr.write(`${label}: ${percent} % (${done}/${newTotal})${note === '' ? '' : `, ${note}`}\n`)
    },
    stop() {},
  }
}
