import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Child, runMicro } from './child.ts'
import { project } from './project.ts'

const app = (text: string, more = '') => `import { micro } from '@micro/core'
const app = micro(import.meta)
app.get('/', (ctx) => '${text} ' + ctx.mode + ' ' + process.pid)
${more}
export default app
`
const HTML = { headers: { accept: 'text/html' } }

/** Runs a project in development; `again` replaces its app and waits until that was noticed. */
async function running(
  source: string,
  { args = [] as readonly string[], env = {} as { readonly [name: string]: string }, packageJson = '{ "type": "module" }' } = {},
) {
  const root = project({ 'app.ts': source, 'package.json': packageJson })
  const child = runMicro(['run', '--port', '0', ...args], root, { env })
  const change = (text: string, file = 'app.ts') => writeFileSync(join(root, file), text)
  return { root, child, change }
}

const served = async (child: Child) => (await child.line(/Serving on (http:\S+) \(development\)/))[1] as string

/** Asks until the answer is as expected: connections wait while the app starts, but the change must be noticed before. */
async function eventually(url: string, expected: (response: Response, text: string) => boolean, init?: RequestInit): Promise<string> {
  for (let round = 0; round < 400; round++) {
    const response = await fetch(url, init)
    const text = await response.text()
    if (expected(response, text)) {
      return text
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it never came')
}

describe('micro run in development', { timeout: 30_000 }, () => {
  test('says where it serves, in a process of its own, and ends with it at a signal', async () => {
    const { child } = await running(app('one'))
    const url = await served(child)
    expect(child.output.stdout).toMatch(/^Micro \d+\.\d+\.\d+ · app\.ts · 1 route\n/)
    const [, mode, pid] = (await (await fetch(url)).text()).split(' ')
    expect(mode).toBe('development')
    expect(Number(pid)).not.toBe(child.process.pid)
    child.process.kill('SIGTERM')
    expect(await child.ended()).toMatchObject({ code: 0, signal: null })
    expect(child.output.stderr).toBe('')
    expect(child.output.stdout).toMatch(/^\d\d:\d\d:\d\d info {2}GET \/ 200 ms=[\d.]+$/m)
    expect(() => process.kill(Number(pid), 0)).toThrow()
  })

  test('a package.json that says commonjs is told on the page, and the app starts when it is mended', async () => {
    const { child, change } = await running(app('one'), { packageJson: '{ "type": "commonjs" }' })
    const [, url = ''] = await child.complaint(/(http:\S+) shows why/)
    const page = await (await fetch(url, HTML)).text()
    expect(page).toContain('<span>MICRO_APP_COMMONJS</span>')
    expect(page).toContain('npm pkg set type=module')
    expect(page).toContain('<mark><i>1</i>import { micro } from &#39;@micro/core&#39;\n</mark>')
    expect(child.output.stderr).toContain('MICRO_APP_COMMONJS: ')
    change('{ "type": "module" }', 'package.json')
    expect(await eventually(url, ({ status }) => status === 200)).toMatch(/^one /)
  })

  test('serves the new app on the same port when a file changes', async () => {
    const { child, change } = await running(app('one'))
    const url = await served(child)
    change(app('two'))
    expect(await eventually(url, (_, text) => !text.startsWith('one'))).toMatch(/^two development /)
    await child.line(/Started again in \d+ ms: app\.ts changed\./)
  })

  test.each([
    ['a mistake of syntax', 'const x = ;', 'Expression expected', '<mark><i>4</i>const x = ;\n</mark>'],
    [
      'one that the engine finds',
      'const a: number = 1; const a = 2',
      'Identifier &#39;a&#39; has already been declared',
      '<mark><i>4</i>const a: number = 1; const a = 2\n</mark>',
    ],
    ['an error of the module', "throw new Error('not today')", 'not today', '<mark><i>4</i>throw new Error(&#39;not today&#39;)\n</mark>'],
    ['a start hook that fails', "app.onStart(() => Promise.reject(new Error('no <db>')))", 'no &lt;db&gt;', '<small>Caused by</small>'],
  ])('%s is shown in the browser, until it is mended', async (_, mistake, message, source) => {
    const { child, change } = await running(app('one'))
    const url = await served(child)
    change(app('one', mistake))
    const page = await eventually(url, (response) => response.status === 503, HTML)
    expect(page).toContain(message)
    expect(page).toContain(source)
    expect((await (await fetch(url)).json()) as object).toMatchObject({ status: 503, error: {} })
    change(app('mended'))
    expect(await eventually(url, (response) => response.status === 200)).toMatch(/^mended/)
  })

  test('an app that is broken from the start is shown too, and its page reloads itself', async () => {
    const { child, change } = await running('this is no module')
    await child.complaint(/shows why the app does not start/)
    const [, url = ''] = await child.complaint(/(http:\S+) shows why/)
    const page = await fetch(url, HTML)
    const nonce = /<script nonce="([^"]+)">const news = new EventSource/.exec(await page.text())?.[1]
    expect(page.headers.get('content-security-policy')).toContain(`script-src 'nonce-${nonce}'`)
    const news = await fetch(url, { headers: { accept: 'text/event-stream' } })
    change(app('mended'))
    expect(await news.text()).toBe('data: changed\n\n')
    expect(await (await fetch(url)).text()).toMatch(/^mended/)
  })

  test('an app that ends by itself says why, and starts again when a file changes', async () => {
    const { child, change } = await running(
      app('one', "app.get('/end', () => { setTimeout(() => { throw new Error('too late') }) ; return '' })"),
    )
    const url = await served(child)
    await fetch(`${url}/end`)
    expect(await eventually(url, (response) => response.status === 503, HTML)).toContain('too late')
    change(app('two'))
    await eventually(url, (response) => response.status === 200)
  })

  test('options of the app say where it listens', async () => {
    const { child } = await running(app('one').replace('import.meta)', "import.meta, { config: { server: { host: '127.0.0.2' } } })"))
    expect(await served(child)).toMatch(/^http:\/\/127\.0\.0\.2:/)
  })

  test('a port that is taken: 1, with the reason', async () => {
    const { child } = await running(app('one'))
    const second = await running(app('two'), { args: ['--port', new URL(await served(child)).port] })
    expect((await second.child.ended()).code).toBe(1)
    expect(second.child.output.stderr).toContain('MICRO_LISTEN')
  })

  test('a directory without an app: 1, with the reason', async () => {
    const { root } = await running(app('one'))
    rmSync(join(root, 'app.ts'))
    const child = runMicro(['run'], root)
    expect((await child.ended()).code).toBe(1)
    expect(child.output.stderr).toContain('MICRO_APP_MISSING')
  })
})
