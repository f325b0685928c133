/** The whole story in a real browser, without JavaScript, on a phone and on a desk. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, serve } from '@micro/core/node'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../app.ts'

const executablePath = process.env.MICRO_TEST_CHROMIUM ?? '/usr/bin/chromium'
const present = existsSync(executablePath)
if (!present) {
  console.warn(`Skipped: no browser at ${executablePath}. Set MICRO_TEST_CHROMIUM to the path of Chromium to run the browser tests.`)
}

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const SHOTS = process.env.MICRO_TEST_SCREENSHOTS
const SIZES = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desk', width: 1280, height: 900 },
] as const

describe.skipIf(!present)('notes in a browser', () => {
  let browser: Browser
  let directory: string
  let server: RunningServer

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'micro-browser-'))
    await writeFile(join(directory, 'dot.png'), PNG)
    await writeFile(join(directory, 'fake.png'), 'no picture')
    const app = createApp({ mode: 'test', env: {}, instancePath: directory, config: { db: { url: ':memory:' } } })
    server = await serve(app, { port: 0, signals: false })
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ]
    browser = await chromium.launch({ executablePath, args })
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  test.each(SIZES)(
    'the whole story on a $name ($width px)',
    async ({ name, width, height }) => {
      const context = await browser.newContext({ viewport: { width, height }, javaScriptEnabled: false, baseURL: server.url })
      const page = await context.newPage()
      const look = (what: string) => inspect(page, `${name}-${what}`, width)

      await page.goto('/')
      await look('sign-in')
      await page.getByRole('link', { name: 'Register' }).first().click()
      await page.getByLabel('E-mail').fill(`${name}@example.com`)
      await page.getByLabel('Password').fill('correct horse battery')
      await look('register')
      await page.getByRole('button', { name: 'Register' }).click()
      await page.getByRole('status').getByText('Welcome.').waitFor()
      await look('empty')

      // A title of blanks passes the browser and fails on the server: the error stands beside the field, what was typed is kept.
      await page.getByRole('link', { name: 'New note' }).click()
      await page.getByLabel('Title').fill('   ')
      await page.getByLabel('Text').fill('Typed and kept')
      await page.getByLabel('Picture').setInputFiles(join(directory, 'fake.png'))
      await page.getByRole('button', { name: 'Save' }).click()
      const title = page.getByLabel('Title')
      expect(await title.getAttribute('aria-invalid')).toBe('true')
      const errorId = (await title.getAttribute('aria-describedby')) as string
      expect(await page.locator(`#${errorId.split(' ').at(-1)}`).textContent()).toContain('Give it a title.')
      expect(await page.getByLabel('Text').inputValue()).toBe('Typed and kept')
      await look('error')

      await page.getByLabel('Title').fill('A walk by the sea')
      await page.getByLabel('Picture').setInputFiles(join(directory, 'dot.png'))
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('heading', { name: 'A walk by the sea' }).waitFor()
      const picture = page.getByRole('img')
      expect(await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBe(1)
      await look('note')

      await page.getByRole('link', { name: 'Edit' }).click()
      expect(await page.getByLabel('Title').inputValue()).toBe('A walk by the sea')
      await page.getByLabel('Title').fill('A walk in the rain')
      await look('edit')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('heading', { name: 'A walk in the rain' }).waitFor()

      for (let index = 1; index <= 10; index++) {
        await page.goto('/notes/new')
        await page.getByLabel('Title').fill(`Note ${index}`)
        await page.getByRole('button', { name: 'Save' }).click()
      }
      await page.goto('/notes')
      await page.getByText('Page 1 of 2').waitFor()
      await look('list')
      await page.getByRole('link', { name: 'Older' }).click()
      await page.getByRole('link', { name: 'A walk in the rain' }).click()
      await page.getByRole('button', { name: 'Delete' }).click()
      await page.getByRole('status').getByText('Deleted.').waitFor()

      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await page.goto('/notes')
      expect(new URL(page.url()).pathname).toBe('/login')
      await page.getByLabel('E-mail').fill(`${name}@example.com`)
      await page.getByLabel('Password').fill('not my password at all')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('No account has this').waitFor()
      await page.getByLabel('Password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Your notes' }).waitFor()
      await context.close()
    },
    60_000,
  )
})

/** No sideways scroll, a label on every field, a visible focus on everything that can have it. */
async function inspect(page: Page, shot: string, width: number): Promise<void> {
  const found = await page.evaluate(() => {
    const { document, getComputedStyle } = globalThis as unknown as Window & typeof globalThis
    const fields = [...document.querySelectorAll<HTMLInputElement>('input:not([type=hidden]), textarea, select')]
    const targets = [...document.querySelectorAll<HTMLElement>('a[href], button, input, textarea')]
    return {
      scrollWidth: document.documentElement.scrollWidth,
      unlabelled: fields.filter((field) => (field.labels?.length ?? 0) === 0).map((field) => field.name),
      focusable: targets.length,
      font: getComputedStyle(document.body).fontSize,
    }
  })
  expect(found.scrollWidth, `${shot}: sideways scroll`).toBeLessThanOrEqual(width)
  expect(found.unlabelled, `${shot}: fields without a label`).toEqual([])
  const seen = new Set<string>()
  for (let step = 0; step < found.focusable; step++) {
    await page.keyboard.press('Tab')
    const focus = await page.evaluate(() => {
      const { document, getComputedStyle } = globalThis as unknown as Window & typeof globalThis
      const element = document.activeElement as HTMLElement
      const style = getComputedStyle(element)
      return { what: element.outerHTML.slice(0, 80), outline: `${style.outlineStyle} ${style.outlineWidth}` }
    })
    seen.add(focus.what)
    if (!focus.what.startsWith('<body')) {
      expect(focus.outline, `${shot}: focus on ${focus.what}`).not.toMatch(/^none| 0px$/)
    }
  }
  expect(seen.size, `${shot}: reachable by keyboard`).toBeGreaterThan(1)
  if (SHOTS !== undefined) {
    await mkdir(SHOTS, { recursive: true })
    await page.screenshot({ path: join(SHOTS, `${shot}.png`), fullPage: true })
  }
}
