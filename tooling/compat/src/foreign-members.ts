/** What an extension does to app and context beside what stands under its name: nothing that a listing would show. */
import { type Context, Micro } from '@micro/core'
import type { Subject } from './subject.ts'
import { type Trial, tryOut, visit } from './trial.ts'

type Members = ReadonlyMap<string, unknown>

/** The methods of every app, before any extension of a subject was seen. */
const METHODS: Members = membersOf(Micro.prototype)

/** Members of the app or the context that appear, or are others, when the extension is there and was used: `app.fetch`, `ctx.extra`. */
export async function foreignMembers(subject: Subject): Promise<readonly string[]> {
  const { name } = subject.create()
  const without = await tryOut(subject, { without: true })
  const withIt = await tryOut(subject)
  try {
    const atFirst = membersOf(withIt.app)
    const known = [await seen(without, '/hello'), await seen(withIt, '/exercise')] as const
    const [names, used] = known
    return [
      ...[...membersOf(withIt.app)]
        .filter(([key, value]) => key !== name && (!atFirst.has(key) || (typeof value === 'function' && value !== atFirst.get(key))))
        .map(([key]) => `app.${key}`),
      ...[...atFirst.keys()].filter((key) => key !== name && !membersOf(without.app).has(key)).map((key) => `app.${key}`),
      ...[...membersOf(Micro.prototype)].filter(([key, value]) => METHODS.get(key) !== value).map(([key]) => `Micro.prototype.${key}`),
      ...[...used].filter((key) => key !== name && !names.has(key)).map((key) => `ctx.${key}`),
    ]
  } finally {
    // Whether they start and stop is for other rules to say.
    await without.end().catch(() => undefined)
    await withIt.end().catch(() => undefined)
  }
}

/** Names that the context has at the end of a request. */
async function seen(trial: Trial, path: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  trial.app.teardownRequest((ctx) => namesOf(ctx, names))
  await visit(trial, path)
  return names
}

function namesOf(ctx: Context, into: Set<string>): void {
  for (let at: object | null = ctx; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    for (const name of Object.getOwnPropertyNames(at)) {
      into.add(name)
    }
  }
}

function membersOf(object: object): Members {
  return new Map(
    Object.entries(Object.getOwnPropertyDescriptors(object)).map(([name, { get, value }]) => [name, get ?? (value as unknown)]),
  )
}
