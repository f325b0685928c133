import { readdirSync } from 'node:fs'
import { defineExtension, micro, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { runMicro } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'
import { project } from './project.ts'

const APP = `
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { blueprint, defineExtension, micro, option, options } from '@micro/core'
const started = defineExtension({ name: 'starter', version: '1.0.0', core: '*', config: options({ size: option.int({ default: 1 }) }), initApp: (app) => {
  app.onStart(() => { appendFileSync('started', 'x'); createServer().listen(0) })
  app.onStop(() => appendFileSync('stopped', 'x'))
  app.cli.command('go', { description: 'Goes.', start: false }, ({ print }) => print('gone'))
  return { app: {}, context: () => { appendFileSync('context', 'x'); return {} } }
} })
const pages = blueprint('pages', import.meta, { prefix: '/pages' })
pages.get('/:id<int>', { name: 'show' }, (ctx) => ctx.params.id)
pages.get('/', { host: ':tenant.example.com' }, (ctx) => ctx.params.tenant).nameUrl('media', '/media')
export default () => micro(import.meta).use(started).register(pages).get('/', { name: 'home' }, (ctx) => { ctx.session.set('a', 1); return 'x' })
`

describe('an app that is not started (P19)', () => {
  const commands: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['routes'], /GET\s+any\s+\/pages\/:id<int>\s+pages\.show\s+pages\s+app\.ts:\d+/],
    [['routes'], /GET\s+:tenant\.example\.com\s+\/pages\s+pages\s+app\.ts:\d+\n–\s+any\s+\/pages\/media\s+pages\.media/],
    [['config'], /starter\.size\s+1\s+default/],
    [['extensions'], /starter 1\.0\.0/],
    [['--help'], /starter go\s+Goes\./],
    [['starter', 'go', '--help'], /Usage: micro starter go/],
    [['starter', 'go'], /^gone$/m],
  ]
  test.each(commands)('micro %j opens nothing and writes no file', async (args, says) => {
    const root = project({ 'app.ts': APP, 'templates/a.ejs': 'x', 'static/a.css': 'x' })
    const list = () => readdirSync(root, { recursive: true }).filter((name) => !String(name).startsWith('node_modules'))
    const before = list()
    const child = runMicro(args, root)
    const { code } = await child.ended()
    expect(child.output.stderr).toBe('')
    expect(child.output.stdout).toMatch(says)
    expect(code).toBe(0)
    expect(list()).toEqual(before)
  })

  test('routes, urlFor and extensions answer without a start hook being run', () => {
    let isStarted = false
    const app = micro(import.meta, { env: {}, mode: 'production' }).use(
      defineExtension({
        name: 'x',
        version: '1.0.0',
        core: '*',
        config: options({}),
        initApp: (setup) => {
          setup.onStart(() => {
            isStarted = true
          })
          return {}
        },
      }),
    )
    app.get('/a/:b', { name: 'a' }, (ctx) => ctx.params.b)
    expect(app.routes.map(({ path, methods }) => `${methods} ${path}`)).toEqual(['GET /a/:b'])
    expect(app.urlFor('a', { b: 'c' })).toBe('/a/c')
    // Still open: what is declared afterwards counts.
    app.get('/later', { name: 'later' }, () => 'x')
    expect(app.urlFor('later')).toBe('/later')
    expect(isStarted).toBe(false)
  })

  const broken: readonly (readonly [code: string, declare: (app: ReturnType<typeof micro>) => unknown, says: readonly string[]])[] = [
    ['MICRO_ROUTE_TAKEN', (app) => app.get('/a/:b', () => 'x').get('/a/:c', () => 'x'), ['GET /a/:c', 'assembly.test.ts:']],
    [
      'MICRO_ROUTE_NAME_TAKEN',
      (app) => app.get('/a', { name: 'a' }, () => 'x').get('/b', { name: 'a' }, () => 'x'),
      ["named 'a'", 'assembly.test.ts:'],
    ],
    ['MICRO_PATH_INVALID', (app) => app.get('/a:b' as '/', () => 'x'), ["write '/:b' instead of '/a:b'", 'assembly.test.ts:']],
  ]
  test.each(broken)('%s names the places', async (code, declare, says) => {
    const app = micro(import.meta, { env: {}, mode: 'test' })
    declare(app)
    const error = await microErrorOf(() => app.routes)
    expect(error.code).toBe(code)
    for (const part of says) {
      expect(error.message).toContain(part)
    }
  })

  test('a name may be shared by the methods of one path', () => {
    const app = micro(import.meta, { env: {}, mode: 'test' })
    app.get('/a', { name: 'a' }, () => 'x').post('/a', { name: 'a' }, () => 'x')
    expect(app.urlFor('a')).toBe('/a')
  })
})
