/** The JSON Schema of scenario files, for editors: completion, descriptions, and most of the errors. */
import { z } from 'zod'
import { eventForms } from './schema/event.ts'
import { scenarioSchema } from './schema.ts'

/** Draft 2020-12. What it cannot say (references between components) the loader checks. */
export function scenarioJsonSchema(): object {
  const options = { io: 'input', unrepresentable: 'any' } as const
  const forms = z.strictObject({
    scenario: scenarioSchema,
    event: z.union(eventForms as [z.ZodType, z.ZodType]),
  })
  const { properties, $defs, $schema } = z.toJSONSchema(forms, options)
  const scenario = follow(properties!.scenario as Json, $defs as Record<string, Json>)
  const fields = scenario.properties as Record<string, Json>
  const definitions = { ...($defs as Record<string, Json>), Event: properties!.event as Json }
  return {
    $schema,
    title: 'Scenario',
    description:
      'A backend system and the load on it. Quantities are SI numbers or texts with a unit: 20ms, 512MiB, 120/s, 0.1%.',
    ...scenario,
    properties: { ...fields, events: { ...fields.events, type: 'array', items: { $ref: '#/$defs/Event' } } },
    $defs: definitions,
  }
}

type Json = { $ref?: string; [key: string]: unknown }

function follow(schema: Json, definitions: Record<string, Json>): Json {
  const name = schema.$ref?.replace('#/$defs/', '')
  return name === undefined ? schema : definitions[name]!
}
