import { blueprint, defineExtension, type Micro, micro, options } from '@micro/core'
import { runCommand } from '@micro/core/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const log: string[] = []

/** An extension with a command of two words, that is opened with the app. */
const shelf = defineExtension({
  name: 'shelf',
  version: '1.0.0',
  core: '*',
  config: options({}),
  initApp: (app) => {
    app.onStart(() => log.push('start'))
    app.onStop(() => log.push('stop'))
    app.cli.command(
      'sort',
      {
        description: 'Sorts the shelf.',
        positionals: ['<by>'],
        flags: { reverse: { type: 'boolean', description: 'The other way round.', short: 'r' } },
      },
      ({ app: own, positionals, flags, print }) => {
        print(`${own.name} by ${positionals.join(', ')}${flags.reverse === true ? ' reversed' : ''}\nsorted`)
      },
    )
    app.cli.command('burn', { description: 'Fails.' }, () => Promise.reject(new Error('no fire')))
    return {}
  },
})

function made(): Micro {
  log.length = 0
  const app = micro(import.meta, { env: {}, name: 'books' }).use(shelf)
  app.get('/books', { name: 'books' }, () => 'x')
  app.cli.command('hello', { description: 'Greets.', start: false }, ({ print }) => print('hello'))
  app.cli.command('mode', { description: 'Says how the app runs.', start: false }, ({ app: own, print }) => print(own.mode))
  onTestFinished(() => app.stop())
  return app
}

describe('runCommand', () => {
  test('gives the lines that a command of an extension prints, several times on one app, started once and not stopped', async () => {
    const app = made()
    const done = { exitCode: 0, errors: [], error: undefined }
    expect(await runCommand(app, ['shelf', 'sort', 'title', '-r'])).toEqual({ ...done, output: ['books by title reversed', 'sorted'] })
    expect(await runCommand(app, ['shelf', 'sort', 'author'])).toEqual({ ...done, output: ['books by author', 'sorted'] })
    expect(log).toEqual(['start'])
    expect((await app.client().get('/books')).status).toBe(200)
  })

  test("runs the app's own commands, which start it only if they ask for that, in mode test", async () => {
    const app = made()
    expect((await runCommand(app, ['hello'])).output).toEqual(['hello'])
    expect((await runCommand(app, ['mode'])).output).toEqual(['test'])
    expect(log).toEqual([])
  })

  test('runs the commands of a blueprint', async () => {
    const notes = blueprint('notes', import.meta)
    notes.cli.command('prune', { description: 'Prunes.' }, ({ print }) => print('pruned'))
    expect(await runCommand(made().register(notes), ['notes', 'prune'])).toMatchObject({ exitCode: 0, output: ['pruned'] })
  })

  test("runs core's own commands", async () => {
    const { exitCode, output } = await runCommand(made(), ['routes', '--json'])
    expect([exitCode, JSON.parse(output.join('\n'))]).toEqual([
      0,
      [expect.objectContaining({ methods: ['GET'], path: '/books', name: 'books' })],
    ])
    expect((await runCommand(made(), [])).output.join('\n')).toContain('shelf sort')
    expect((await runCommand(made(), ['shelf', 'sort', '--help'])).output.join('\n')).toContain('-r, --reverse')
  })

  test('a command that fails is exit code 1, its error at hand', async () => {
    const { exitCode, output, errors, error } = await runCommand(made(), ['shelf', 'burn'])
    expect([exitCode, output, (error as Error).message]).toEqual([1, [], 'no fire'])
    expect(errors.join('\n')).toContain('no fire')
  })

  const unreadable: readonly (readonly [args: readonly string[], says: string])[] = [
    [['shelf', 'paint'], "There is no command 'shelf paint'"],
    [['shelf', 'sort', '--sideways'], "Unknown option '--sideways'"],
    [['--sideways'], 'Unknown flag --sideways'],
    [['run'], 'micro run goes on until somebody ends it'],
    [['shell'], 'micro shell goes on until somebody ends it'],
  ]
  test.each(unreadable)('%j cannot be understood: exit code 2', async (args, says) => {
    const { exitCode, errors } = await runCommand(made(), args)
    expect([exitCode, errors.join('\n')]).toEqual([2, expect.stringContaining(says)])
  })

  test('writes nothing to the console, and leaves the exit code of the process alone', async () => {
    const written = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')]
    onTestFinished(() => void vi.restoreAllMocks())
    const app = made()
    await runCommand(app, ['shelf', 'burn'])
    await runCommand(app, ['nothing'])
    expect([...written.map((spy) => spy.mock.calls), process.exitCode]).toEqual([[], [], undefined])
  })
})
