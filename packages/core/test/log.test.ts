import { type LogLine, micro } from '@micro/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createLog, jsonSink, type LogLevel, prettySink } from '../src/log.ts'

afterEach(() => void vi.restoreAllMocks())

/** What the console was told, by its method. */
function listen() {
  const told: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void told.push(`out ${line}`))
  vi.spyOn(console, 'error').mockImplementation((line: string) => void told.push(`err ${line}`))
  return told
}

const line = (fields: object, level: LogLevel = 'info'): LogLine => ({ level, time: new Date(0), message: 'said', fields: { ...fields } })

describe('createLog', () => {
  test.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ] as const)('at level %s writes %j', (level, written) => {
    const lines: string[] = []
    const log = createLog(
      () => level,
      (each) => lines.push(each.level),
    )
    for (const each of ['debug', 'info', 'warn', 'error'] as const) {
      log[each]('x')
    }
    expect(lines).toEqual(written)
  })

  test('children carry their fields, and a line its own over them', () => {
    const lines: LogLine[] = []
    const log = createLog(
      () => 'info',
      (each) => lines.push(each),
    )
    log.child({ a: 1, b: 1 }).child({ b: 2, c: 2 }).info('x', { c: 3 })
    expect(lines[0]?.fields).toEqual({ a: 1, b: 2, c: 3 })
  })

  test('a sink that fails fails nobody else', () => {
    const told = listen()
    const log = createLog(
      () => 'info',
      () => {
        throw new Error('disk full')
      },
    )
    expect(() => log.warn('important')).not.toThrow()
    expect(told).toEqual(["err warn important (the log's sink failed: Error: disk full)"])
  })
})

describe('jsonSink', () => {
  test('writes one JSON object a line, grave ones on stderr; level and message are its own', () => {
    const told = listen()
    jsonSink(line({ a: 'x\ny', level: 'mine', message: 'mine' }))
    jsonSink(line({ n: 5n }, 'error'))
    expect(told).toEqual([
      'out {"time":"1970-01-01T00:00:00.000Z","a":"x\\ny","level":"info","message":"said"}',
      'err {"time":"1970-01-01T00:00:00.000Z","n":"5","level":"error","message":"said"}',
    ])
  })

  test('tells of errors, their causes and codes, and survives what holds itself', () => {
    const told = listen()
    const loop: { self?: unknown; list?: unknown[] } = {}
    loop.self = loop
    loop.list = [loop, 1]
    const error = Object.assign(new Error('outer', { cause: Object.assign(new Error('inner'), { cause: loop }) }), { code: 'E_X' })
    jsonSink(line({ error, twice: [{ a: 1 }, { a: 1 }] }))
    const written = JSON.parse(told[0]?.slice(4) ?? '') as {
      error: { name: string; code: string; stack: string; cause: { message: string; cause: object } }
      twice: unknown
    }
    expect(written.error).toMatchObject({
      name: 'Error',
      message: 'outer',
      code: 'E_X',
      cause: { message: 'inner', cause: { self: '[…]', list: ['[…]', 1] } },
    })
    expect(written.error.stack).toContain('log.test.ts')
    expect(written.twice).toEqual([{ a: 1 }, { a: 1 }])
  })
})

describe('prettySink', () => {
  test('writes a line for a person, and the error below it', () => {
    const told = listen()
    prettySink(line({ a: 'x', n: { b: 1 } }))
    prettySink(line({ error: new Error('outer', { cause: new Error('inner') }) }, 'error'))
    expect(told[0]).toBe('out info  said  a=x  n={"b":1}')
    expect(told[1]).toMatch(/^err error said\nError: outer\n {4}at [\s\S]*caused by: Error: inner/)
  })
})

describe('the log of an app', () => {
  test.each([
    ['production', 'out {"time":'],
    ['development', 'out info  said'],
  ] as const)('in %s begins with %s', (mode, beginning) => {
    const told = listen()
    micro(import.meta, { env: {}, mode }).log.info('said')
    expect(told[0]).toContain(beginning)
  })

  test('config.log says level and form', () => {
    const told = listen()
    const { log } = micro(import.meta, { env: { MICRO_LOG__LEVEL: 'warn', MICRO_LOG__FORMAT: 'pretty' }, mode: 'production' })
    log.info('not said')
    log.warn('said')
    expect(told).toEqual(['err warn  said'])
  })

  test('in tests it is quiet below warnings', () => {
    const told = listen()
    const { log } = micro(import.meta, { env: {}, mode: 'test' })
    log.info('not said')
    log.warn('said')
    expect(told).toHaveLength(1)
  })

  test("a request's lines carry its id", async () => {
    const lines: LogLine[] = []
    const app = micro(import.meta, { env: {}, mode: 'test', logSink: (each) => lines.push(each) })
    app.get('/', (ctx) => {
      ctx.log.warn('said', { a: 1 })
      return ctx.id
    })
    const id = await (await app.client().get('/')).text()
    expect(lines).toMatchObject([{ message: 'said', fields: { requestId: id, a: 1 } }])
    await app.stop()
  })
})
