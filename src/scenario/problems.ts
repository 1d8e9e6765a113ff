/** From zod's issues to problems with positions. */
import type { z } from 'zod'
import { ConfigError, type Problem } from '../errors.ts'
import { nearest } from '../policies/nearest.ts'
import { formatPath, type Path, show } from './path.ts'
import { SILENT, vocabularyOf } from './schema/common.ts'
import type { Position } from './source.ts'

/** Where problems are collected; `path` is the user's own. */
export class Problems {
  readonly list: Problem[] = []
  /** Paths of the problems: of fields that should not be there, and of others. */
  readonly unknown: Path[] = []
  readonly paths: Path[] = []
  private readonly file: string | undefined
  private readonly locate: ((path: Path) => Position | undefined) | undefined

  constructor(file?: string, locate?: (path: Path) => Position | undefined) {
    this.file = file
    this.locate = locate
  }

  add(path: Path, what: string, hint?: string): void {
    this.list.push(this.at(path, what, hint))
    this.paths.push(path)
  }

  addUnknown(path: Path, what: string, hint: string): void {
    this.list.push(this.at(path, what, hint))
    this.unknown.push(path)
  }

  /** Problems that have their own positions, e.g. in another file. */
  include(problems: readonly Problem[]): void {
    this.list.push(...problems)
  }

  at(path: Path, what: string, hint?: string): Problem {
    return { what, path: formatPath(path), hint, file: this.file, ...this.locate?.(path) }
  }

  /** Throws ConfigError when there are any, in the order of the text. */
  finish(): void {
    if (this.list.length === 0) return
    const place = (problem: Problem): number =>
      problem.file === this.file ? (problem.line ?? 0) * 1e6 + (problem.column ?? 0) : Number.MAX_VALUE
    throw new ConfigError([...this.list].sort((a, b) => place(a) - place(b)))
  }
}

type Issue = z.core.$ZodIssue

export function addIssues(problems: Problems, issues: readonly Issue[], base: Path = []): void {
  for (const issue of issues) addIssue(problems, issue, [...base, ...(issue.path as Path)])
}

function addIssue(problems: Problems, issue: Issue, path: Path): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const [what, hint] = unknownField(key, issue.message)
      problems.addUnknown([...path, key], what, hint)
    }
    return
  }
  if (issue.code === 'invalid_key') {
    addIssues(problems, issue.issues, path)
    return
  }
  if (issue.code === 'invalid_union') {
    const branch = fittingBranch(issue.errors)
    if (branch !== undefined) {
      addIssues(problems, branch, path)
      return
    }
  }
  if (issue.message === SILENT) return
  const [what = '', hint] = issue.message.split('\n')
  const field = path.at(-1)
  if (issue.code !== 'custom' && issue.input === undefined && field !== undefined)
    problems.add(path, `missing field "${field}"`, hint)
  else problems.add(path, what, hint)
}

function unknownField(key: string, message: string): [string, string] {
  const vocabulary = vocabularyOf(message)
  if (vocabulary?.planned.includes(key)) {
    return [`this version does not support "${key}" in ${vocabulary.title} yet`, 'Remove the field.']
  }
  const fields = vocabulary?.fields ?? []
  const meant = nearest(key, fields)
  if (meant !== undefined) return [`unknown field ${show(key)}`, `Did you mean "${meant}"?`]
  return [
    `unknown field ${show(key)}`,
    fields.length === 0 ? 'Remove it.' : `Known here are ${fields.join(', ')}.`,
  ]
}

/** The alternative whose type the value has: the errors of the others say nothing of use. */
function fittingBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const mismatch = (issue: Issue): boolean =>
    issue.path.length === 0 &&
    (issue.code === 'invalid_type' ||
      (issue.code === 'invalid_union' && fittingBranch(issue.errors) === undefined))
  const fitting = branches.filter((issues) => issues.length > 0 && !issues.some(mismatch))
  return fitting.length === 0
    ? undefined
    : fitting.reduce((best, issues) => (issues.length < best.length ? issues : best))
}
