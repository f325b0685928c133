import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { blueprint, type MicroError, micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'
import { directory, moduleIn, site, templatesExtension, write } from './template-site.ts'

describe('TemplateLoader', () => {
  describe('directory', () => {
    test('is seen under its namespace; the app overrides file by file', async () => {
      const { app, root, render } = site({
        'templates/notes/row.ejs': "app's row",
        'notes/templates/index.ejs': "index: <%- include('./row.ejs') %> <%- include('notes/foot.ejs') %> <%- include('foot.ejs') %>",
        'notes/templates/row.ejs': "notes' row",
        'notes/templates/foot.ejs': "notes' foot",
        'templates/foot.ejs': "app's foot",
      })
      app.register(blueprint('notes', moduleIn(join(root, 'notes'))))
      expect(await render('notes/index.ejs')).toBe("index: app's row notes' foot app's foot")
      await expect(render('index.ejs')).rejects.toThrow('There is no template')
    })

    test('of an extension lies under the name of the extension', async () => {
      const mail = directory({ 'welcome.txt.ejs': 'Hi <%= name %>' })
      const { app, render } = site({})
      app.use(templatesExtension('mail', (templates) => templates.directory(mail)))
      expect(await render('mail/welcome.txt.ejs', { name: '<you>' })).toBe('Hi <you>')
    })

    test('several under one namespace are searched in the order they were added, those of the app first of all', async () => {
      const first = directory({ 'a.ejs': 'first', 'b.ejs': 'first' })
      const second = directory({ 'a.ejs': 'second', 'b.ejs': 'second', 'c.ejs': 'second' })
      const own = directory({ 'x/a.ejs': 'own' })
      const { app, render } = site({})
      app.templates.directory(first, 'x')
      app.templates.directory(second, 'x')
      app.templates.directory(own)
      expect([await render('x/a.ejs'), await render('x/b.ejs'), await render('x/c.ejs')]).toEqual(['own', 'first', 'second'])
      expect(app.templates.directories.map(({ namespace }) => namespace)).toEqual(['', '', 'x', 'x'])
    })
  })

  describe('containment', () => {
    test.each([
      '../secret.ejs',
      'notes/../../secret.ejs',
      'notes/../a.ejs',
      './a.ejs',
      '/a.ejs',
      'notes//a.ejs',
      'a.ejs/',
      'a.ejs\0.txt',
      '..\\secret.ejs',
      'notes\\a.ejs',
      '',
      '.',
      '..',
    ])('%j is missing', async (name) => {
      const { app, root, render } = site({ 'secret.ejs': 'secret', 'templates/a.ejs': 'a', 'templates/notes/a.ejs': 'a' })
      for (const asked of [name, join(root, 'secret.ejs')]) {
        const error = await microErrorOf(() => render(asked))
        expect(error.code).toBe('MICRO_TEMPLATE_MISSING')
        expect(error.message).toContain('Looked in: none')
      }
      expect(app.templates.explain(name)).toEqual([])
    })

    test('a relative include does not lead out', async () => {
      const { render } = site({
        'secret.ejs': 'secret',
        'templates/a.ejs': "<%- include('../secret.ejs') %>",
        'templates/n/b.ejs': "<%- include('../../secret.ejs') %>",
        'templates/secret.ejs': 'another, which ../secret.ejs does not mean',
      })
      for (const name of ['a.ejs', 'n/b.ejs']) {
        const error = await microErrorOf(() => render(name))
        expect(error.message).toContain('There is no template')
        expect((error.cause as MicroError).code).toBe('MICRO_TEMPLATE_MISSING')
      }
    })

    test('a symbolic link out of the directory is refused, one within it is followed', async () => {
      const { app, root, render } = site({ 'secret/a.ejs': 'secret', 'templates/real/a.ejs': 'real', 'templates-2/a.ejs': 'beside' })
      symlinkSync(join(root, 'secret/a.ejs'), join(root, 'templates/file.ejs'))
      symlinkSync(join(root, 'secret'), join(root, 'templates/folder'))
      symlinkSync(join(root, 'templates-2'), join(root, 'templates/beside'))
      symlinkSync(join(root, 'templates/loop.ejs'), join(root, 'templates/loop.ejs'))
      symlinkSync(join(root, 'templates/real'), join(root, 'templates/inside'))
      for (const name of ['file.ejs', 'folder/a.ejs', 'beside/a.ejs', 'loop.ejs', 'real']) {
        const error = await microErrorOf(() => render(name))
        expect(error.code).toBe('MICRO_TEMPLATE_MISSING')
        expect(error.message).toContain('refused')
        expect(app.templates.explain(name)).toEqual([{ file: join(root, 'templates', name), state: 'refused' }])
      }
      expect(await render('inside/a.ejs')).toBe('real')
    })

    test('the directory itself may be a link', async () => {
      const { root } = site({ 'release/templates/a.ejs': 'released' })
      symlinkSync(join(root, 'release'), join(root, 'current'))
      const app = micro(moduleIn(join(root, 'current')), { mode: 'test', env: {} })
      app.get('/', (ctx) => ctx.render('a.ejs'))
      expect(await (await app.client().get('/')).text()).toBe('released')
    })

    test('a name that is too long for the disk is missing', async () => {
      expect((await microErrorOf(() => site({}).render(`${'x'.repeat(5_000)}.ejs`))).code).toBe('MICRO_TEMPLATE_MISSING')
    })
  })

  describe('explain', () => {
    test('lists the files that were tried, and which of them won', async () => {
      const { app, root, render } = site({ 'notes/templates/index.ejs': 'blueprint' })
      app.register(blueprint('notes', moduleIn(join(root, 'notes'))))
      const mine = join(root, 'templates/notes/index.ejs')
      const theirs = join(root, 'notes/templates/index.ejs')
      expect(app.templates.explain('notes/index.ejs')).toEqual([
        { file: mine, state: 'absent' },
        { file: theirs, state: 'wins' },
      ])
      write(mine, 'mine')
      expect(app.templates.explain('notes/index.ejs')).toEqual([
        { file: mine, state: 'wins' },
        { file: theirs, state: 'hidden' },
      ])
      const error = await microErrorOf(() => render('notes/nope.ejs'))
      expect(error.message).toContain(
        `There is no template 'notes/nope.ejs'. Looked in: ${join(root, 'templates/notes/nope.ejs')}, ${join(root, 'notes/templates/nope.ejs')}.`,
      )
    })
  })
})
