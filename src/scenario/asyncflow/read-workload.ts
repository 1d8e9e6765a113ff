/** `rqs_input` of AsyncFlow 0.1.1, or `arrivals` of its later versions. */

import type { Notes } from './notes.ts'
import type { Generator } from './payload.ts'
import { readRandomVariable } from './random-variable.ts'
import { nodeTypes } from './read-topology.ts'
import type { Fields, Reader } from './reader.ts'

export function readGenerator(reader: Reader, root: Fields, notes: Notes): Generator | undefined {
  if (root.rqs_input !== undefined && root.arrivals !== undefined)
    return reader.reject(['arrivals'], 'expected rqs_input or arrivals, got both', 'Remove one of the two.')
  return root.arrivals === undefined
    ? readUsers(reader, root.rqs_input, notes)
    : readArrivals(reader, root.arrivals)
}

function readUsers(reader: Reader, value: unknown, notes: Notes): Generator | undefined {
  const path = ['rqs_input']
  const fields = reader.fields(value, path, 'a request generator', [
    'id',
    'type',
    'avg_active_users',
    'avg_request_per_minute_per_user',
    'user_sampling_window',
  ])
  if (fields === undefined) return undefined
  const id = reader.text(fields.id, [...path, 'id'])
  if (fields.type !== undefined) reader.choice(fields.type, [...path, 'type'], nodeTypes)
  const rule = { later: false, positive: false }
  const usersPath = [...path, 'avg_active_users']
  const users = readRandomVariable(reader, fields.avg_active_users, usersPath, rule, notes)
  if (users !== undefined && users.kind !== 'poisson' && users.kind !== 'normal')
    reader.reject(
      [...usersPath, 'distribution'],
      `expected poisson or normal users, got ${users.kind}`,
      'Choose one of poisson, normal.',
    )
  if (users?.kind === 'poisson' && users.mean < 0)
    reader.reject(
      [...usersPath, 'mean'],
      `expected a number of at least 0, got ${users.mean}`,
      'Give at least 0.',
    )
  const ratePath = [...path, 'avg_request_per_minute_per_user']
  const rate = readRandomVariable(reader, fields.avg_request_per_minute_per_user, ratePath, rule, notes)
  if (rate !== undefined && rate.kind !== 'poisson')
    reader.reject(
      [...ratePath, 'distribution'],
      `expected a poisson rate, got ${rate.kind}`,
      'Choose poisson.',
    )
  if (rate !== undefined && rate.mean <= 0)
    reader.reject([...ratePath, 'mean'], `no arrivals: the rate is ${rate.mean}`, 'Give a number above 0.')
  const nobody =
    users?.kind === 'poisson'
      ? users.mean === 0
      : users?.kind === 'normal' &&
        users.mean <= 0 &&
        users.distribution.kind === 'clippedNormal' &&
        users.distribution.sigma === 0
  if (nobody)
    reader.reject([...usersPath, 'mean'], 'no arrivals: there are 0 users', 'Give a number above 0.')
  const window =
    fields.user_sampling_window === undefined
      ? 60
      : reader.integer(fields.user_sampling_window, [...path, 'user_sampling_window'], { min: 1, max: 120 })
  if (id === undefined || users === undefined || rate === undefined || window === undefined) return undefined
  return { form: 'rqs_input', id, path, users: users.distribution, perMinute: rate.mean, window }
}

const MODELS = [
  'poisson',
  'exponential',
  'deterministic',
  'uniform',
  'log_normal',
  'weibull',
  'pareto',
  'erlang',
  'empirical',
] as const
const FIXED = ['poisson', 'exponential', 'deterministic', 'empirical']

function readArrivals(reader: Reader, value: unknown): Generator | undefined {
  const path = ['arrivals']
  const fields = reader.fields(value, path, 'arrivals', ['id', 'type', 'lambda_rps', 'model', 'variability'])
  if (fields === undefined) return undefined
  const id = reader.text(fields.id, [...path, 'id'])
  if (fields.type !== undefined) reader.choice(fields.type, [...path, 'type'], nodeTypes)
  const rate = reader.number(fields.lambda_rps, [...path, 'lambda_rps'], { above: 0 })
  const model = reader.choice(fields.model, [...path, 'model'], MODELS)
  const given = fields.variability !== undefined && fields.variability !== null
  const variability = given
    ? reader.choice(fields.variability, [...path, 'variability'], ['low', 'medium', 'high'])
    : undefined
  if (id === undefined || rate === undefined || model === undefined || (given && variability === undefined))
    return undefined
  if (FIXED.includes(model) === given) {
    return reader.reject(
      [...path, 'variability'],
      given ? `${model} arrivals have no variability to choose` : 'missing field "variability"',
      given ? 'Remove it.' : 'Choose one of low, medium, high.',
    )
  }
  const common = { form: 'arrivals', id, path, rate } as const
  if (model === 'deterministic') return { ...common, model, cv: 0 }
  // Its Erlang has 4 phases at low variability and 1, an exponential, above; its Weibull is exponential at medium.
  if (model === 'erlang' && variability === 'low') return { ...common, model: 'gamma', cv: 0.5 }
  const poisson =
    model === 'poisson' ||
    model === 'exponential' ||
    model === 'erlang' ||
    (model === 'weibull' && variability === 'medium')
  if (poisson) return { ...common, model: 'poisson', cv: 1 }
  return reader.reject(
    [...path, 'model'],
    `${model} arrivals of ${variability ?? 'recorded'} variability cannot be expressed here`,
    'Use poisson, deterministic or erlang.',
  )
}
