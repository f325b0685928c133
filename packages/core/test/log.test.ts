import { defineExtension, type LogLine, type LogSink, type MicroOptions, micro, option, options } from '@micro/core'
import { captureLog } from '@micro/core/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createLog, type LogLevel } from '../src/log/log.ts'
import { jsonLine, prettyLine } from '../src/log/log-sinks.ts'
import { DOORS } from './both.ts'
import { runModule } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'

afterEach(() => void vi.restoreAllMocks())

const NOON = new Date(2026, 0, 1, 12, 0, 0)
const line = (fields: object, level: LogLevel = 'info'): LogLine => ({ level, time: NOON, message: 'said', fields: { ...fields } })

const logTo = (sink: LogSink, level: LogLevel | 'silent' = 'info') =>
  createLog({ level: () => level, sink, plain: (fields) => fields, text: (text) => text })

/** What the console was told, by its method. */
function listen() {
  const told: string[] = []
  vi.spyOn(console, 'log').mockImplementation((text: string) => void told.push(`out ${text}`))
  vi.spyOn(console, 'error').mockImplementation((text: string) => void told.push(`err ${text}`))
  return told
}

describe('createLog', () => {
  test.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ] as const)('at level %s writes %j', (level, written) => {
    const { sink, lines } = captureLog()
    const log = logTo(sink, level)
    for (const each of ['debug', 'info', 'warn', 'error'] as const) {
      log[each]('x')
    }
    expect(lines.map((each) => each.level)).toEqual(written)
  })

  test('children carry their fields, and a line its own over them', () => {
    const { sink, lines } = captureLog()
    logTo(sink).child({ a: 1, b: 1 }).child({ b: 2, c: 2 }).info('x', { c: 3 })
    expect(lines[0]?.fields).toEqual({ a: 1, b: 2, c: 3 })
  })

  test('the id of the request is its own: neither a line nor a child replaces it', () => {
    const { sink, lines } = captureLog()
    const log = logTo(sink).child({ requestId: '7' })
    log.info('x', { requestId: 'FAKE' })
    log.child({ requestId: 'FAKE', a: 1 }).info('x')
    expect(lines.map(({ fields }) => fields)).toEqual([{ requestId: '7' }, { requestId: '7', a: 1 }])
  })

  test('a sink gets the error as it was given, too', () => {
    const { sink, lines } = captureLog()
    const error = new Error('x')
    logTo(sink).error('failed', { error })
    expect(lines[0]?.error).toBe(error)
  })

  test.each<[how: string, sink: LogSink]>([
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('a sink that %s fails nobody else', async (_, sink) => {
    const told = listen()
    expect(() => logTo(sink).warn('important')).not.toThrow()
    await new Promise(setImmediate)
    expect(told).toEqual(['err warn important (the log failed: Error: disk full)'])
  })

  test('nobody waits for a sink', () => {
    expect(logTo(() => new Promise(() => undefined)).info('x')).toBeUndefined()
  })
})

describe('jsonLine', () => {
  test('is one JSON object; time, level and message are its own', () => {
    expect(jsonLine(line({ a: 'x\ny', time: 'mine', level: 'mine', message: 'mine' }))).toBe(
      `{"time":"${NOON.toISOString()}","a":"x\\ny","level":"info","message":"said"}`,
    )
  })
})

describe('prettyLine', () => {
  test('is a line for a person, without what its message says already', () => {
    expect(prettyLine({ ...line({ a: 'x', n: { b: 1 }, word: 'said', none: undefined }) }, false)).toBe('12:00:00 info  said a=x n={"b":1}')
  })

  test.each([
    ['a field', line({ a: 'x\n12:00:00 error forged\u001b[2J' }), '12:00:00 info  said a="x\\n12:00:00 error forged\\u001b[2J"'],
    ['a field with characters that JSON keeps', line({ a: 'x\u009b2J\u007f\u2028' }), '12:00:00 info  said a="x\\u009b2J\\u007f\\u2028"'],
    ['a field inside another', line({ a: { b: '\u009b2J' } }), '12:00:00 info  said a={"b":"\\u009b2J"}'],
    ['the name of a field', line({ 'a\nb': 1 }), '12:00:00 info  said "a\\nb"=1'],
    ['the message', { ...line({}), message: 'a\r\u001b[2Jb' }, '12:00:00 info  a\\r\\u001b[2Jb'],
    ['the id of the request', line({ requestId: '7\nx' }, 'warn'), '12:00:00 warn  said request="7\\nx"'],
    ['an error', line({ error: { stack: 'Error: a\u001b[2J\n    at x' } }), '12:00:00 info  said\nError: a\\u001b[2J\n    at x'],
  ])('control characters in %s are written as escapes', (_, given, expected) => {
    expect(prettyLine(given, false)).toBe(expected)
  })

  test('has the error below it, with causes and gathered errors', () => {
    const error = { stack: 'Error: outer\n    at x', cause: { stack: 'Error: inner', errors: [{ message: 'one' }, 'two'] } }
    expect(prettyLine(line({ error, requestId: '7' }, 'error'), false)).toBe(
      '12:00:00 error said request=7\nError: outer\n    at x\n  caused by: Error: inner\n  one of them: one\n  one of them: two',
    )
  })

  test('has colours where they are seen', () => {
    expect(prettyLine(line({}, 'warn'), true)).toBe('\u001b[90m12:00:00\u001b[39m \u001b[33mwarn \u001b[39m said')
  })
})

describe('the log of an app', () => {
  /** Lines of an app with this environment. */
  function logOf(env: { readonly [name: string]: string } = {}, more: MicroOptions = {}) {
    const log = captureLog()
    return { ...log, app: micro(import.meta, { env, mode: 'test', logSink: log.sink, ...more }) }
  }

  test.each([
    ['production', /^\{"time":"[^"]+","level":"info","message":"said"\}\n$/],
    ['development', /^\d\d:\d\d:\d\d info {2}said\n$/],
  ] as const)('in %s writes %s', async (mode, expected) => {
    const child = runModule(
      `import { micro } from '@micro/core'
      micro(import.meta, { env: {}, mode: '${mode}', root: '/nowhere' }).log.info('said')`,
    )
    await child.ended()
    expect(child.output.stdout).toMatch(expected)
  })

  test('config.log says level and form', () => {
    const told = listen()
    const { log } = micro(import.meta, { env: { MICRO_LOG__LEVEL: 'warn', MICRO_LOG__FORMAT: 'pretty' }, mode: 'production' })
    log.info('not said')
    log.warn('said')
    expect(told).toEqual([expect.stringMatching(/^err \d\d:\d\d:\d\d warn {2}said$/)])
  })

  test('in tests it is quiet below warnings', () => {
    const { app, messages } = logOf()
    app.log.info('not said')
    app.log.warn('said')
    expect(messages()).toEqual(['said'])
  })

  test('an extension has a child of its own, with a level of its own where it is given one', () => {
    const { app, lines } = logOf({ MICRO_LOG__LEVELS: 'chatty=debug,quiet=error' })
    for (const name of ['chatty', 'quiet', 'plain']) {
      const speak = (log: typeof app.log): object => {
        log.debug('debug')
        log.warn('warn')
        return {}
      }
      app.use(defineExtension({ name, version: '1.0.0', core: '^1.0.0', config: options({}), initApp: ({ log }) => speak(log) }) as never)
    }
    expect(lines.map(({ message, fields }) => [message, fields.extension])).toEqual([
      ['debug', 'chatty'],
      ['warn', 'chatty'],
      ['warn', 'plain'],
    ])
  })

  test('a level that is none is refused', async () => {
    const error = await microErrorOf(() => logOf({ MICRO_LOG__LEVELS: 'db=loud' }))
    expect([error.code, error.message.includes('log.levels')]).toEqual(['MICRO_CONFIG_INVALID', true])
  })

  test("masks what goes by a secret's name, and the values of secret configuration", () => {
    const { app, lines } = logOf(
      { MICRO_SECRET_KEY: 'a-secret-key-of-32-characters-and-more' },
      { config: { log: { redact: ['iban'] }, vault: { url: 'redis://:hunter2hunter2@host' } } },
    )
    app.use(
      defineExtension({
        name: 'vault',
        version: '1.0.0',
        core: '^1.0.0',
        config: options({ url: option.string({ secret: true }) }),
        initApp: () => ({}),
      }),
    )
    app.log.warn('with a-secret-key-of-32-characters-and-more', {
      iban: 'DE00',
      headers: { authorization: 'Basic x' },
      error: new Error('no answer from redis://:hunter2hunter2@host, wrong password hunter2hunter2'),
    })
    expect(lines[0]).toMatchObject({
      message: 'with •••',
      fields: { iban: '•••', headers: { authorization: '•••' }, error: { message: 'no answer from •••, wrong password •••' } },
    })
  })
})

describe.each(DOORS)('lines of a request through $name', ({ open }) => {
  test('carry its id', async () => {
    const { send, lines } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.log.warn('said', { a: 1 })
        return ctx.id
      }),
    )
    const { text } = await send('/')
    expect(lines).toMatchObject([{ message: 'said', fields: { requestId: text, a: 1 } }])
  })

  test('config.log.requests writes one for each: method, path without its query, route, status, time', async () => {
    const { send, lines } = await open(
      (app) =>
        app
          .get('/notes/:id', (ctx) => ctx.id)
          .get('/fail', () => {
            throw new Error('x')
          }),
      { env: { MICRO_LOG__REQUESTS: 'yes', MICRO_LOG__LEVEL: 'info' } },
    )
    const { text } = await send('/notes/3?token=x')
    await send('/missing', { method: 'HEAD' })
    await send('/fail')
    while (lines.length < 4) {
      await new Promise(setImmediate)
    }
    expect(lines.filter(({ level }) => level === 'info')).toMatchObject([
      {
        message: 'GET /notes/3 200',
        fields: { requestId: text, method: 'GET', path: '/notes/3', route: '/notes/:id', status: 200, ms: expect.any(Number) },
      },
      { message: 'HEAD /missing 404', fields: { status: 404, route: undefined } },
      { message: 'GET /fail 500', fields: { status: 500 } },
    ])
  })

  test('those of another app are not its own', async () => {
    const told = await open((app) => app.get('/', () => 'x'), { env: { MICRO_LOG__REQUESTS: 'yes', MICRO_LOG__LEVEL: 'info' } })
    const other = await open((app) => app.get('/', () => 'x'))
    await other.send('/')
    await told.send('/')
    while (told.lines.length === 0) {
      await new Promise(setImmediate)
    }
    expect([told.lines.length, other.lines.length]).toEqual([1, 0])
  })

  test('a sink that throws breaks none', async () => {
    listen()
    const { send } = await open(
      (app) =>
        app.get('/', (ctx) => {
          ctx.log.warn('x')
          return 'fine'
        }),
      {
        logSink: () => {
          throw new Error('disk full')
        },
      },
    )
    expect((await send('/')).text).toBe('fine')
  })
})

describe('lines of the app within a request', () => {
  test('carry its id too where current() is used', async () => {
    const child = runModule(`
      import { micro } from '@micro/core'
      import '@micro/core/current'
      const lines = []
      const app = micro(import.meta, { env: {}, mode: 'test', root: '/nowhere', logSink: (line) => lines.push(line) })
      app.get('/', async (ctx) => { await null; app.log.warn('said'); return ctx.id })
      const id = await (await app.fetch(new Request('http://localhost/'))).text()
      app.log.warn('outside')
      console.log(JSON.stringify(lines.map(({ fields }) => fields.requestId === id)))`)
    expect(JSON.parse((await child.line(/\[.*\]/))[0])).toEqual([true, false])
  })
})
