import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type DirectoryOptions, type DirectoryServer, serveDirectory } from '../src/files/static-files.ts'
import { FileFixture } from './file-fixture.ts'
import { type ReplyServer, replyServer, type Seen, timesOpen } from './reply-server.ts'

const fixture = new FileFixture('containment')
let answer: DirectoryServer
let server: ReplyServer

beforeAll(async () => {
  fixture.put('outside/secret.txt', 'outside')
  fixture.put('public/app.css', 'a { color: red }')
  fixture.put('public-secrets/key.pem', 'a sibling whose name starts the same')
  server = await replyServer((request, path) => answer(request, path))
})

afterAll(async () => {
  await server.close()
  fixture.remove()
})

/** Asks a server of the directory that remembers nothing yet. */
function ask(
  path: string,
  headers: { readonly [name: string]: string } = {},
  options: DirectoryOptions = {},
  directory = 'public',
): Promise<Seen> {
  answer = serveDirectory(fixture.at(directory), options)
  return server.ask(path, headers)
}

describe('Containment', () => {
  beforeAll(() => {
    mkdirSync(fixture.at('public/links'))
    symlinkSync(fixture.at('outside/secret.txt'), fixture.at('public/links/file.txt'))
    symlinkSync('../../outside', fixture.at('public/links/directory'))
    symlinkSync('../../public-secrets/key.pem', fixture.at('public/links/neighbour.pem'))
    symlinkSync('../app.css', fixture.at('public/links/inside.css'))
    symlinkSync('loop', fixture.at('public/links/loop'))
    symlinkSync(fixture.at('public'), fixture.at('linked'))
  })

  const rows: readonly (readonly [path: string, status: number])[] = [
    ['/links/file.txt', 404],
    ['/links/directory/secret.txt', 404],
    ['/links/neighbour.pem', 404],
    ['/links/loop', 404],
    ['/links/inside.css', 200],
  ]

  test.each(rows)('%s is %i', async (path, status) => {
    const seen = await ask(path)
    expect(seen.status).toBe(status)
    expect(seen.body.toString()).not.toContain('outside')
  })

  test('the directory may be one itself, and be pointed elsewhere', async () => {
    expect((await ask('/app.css', {}, {}, 'linked')).status).toBe(200)
    fixture.put('release-2/new.css', 'new')
    symlinkSync(fixture.at('release-2'), fixture.at('linked.next'))
    renameSync(fixture.at('linked.next'), fixture.at('linked'))
    expect((await server.ask('/new.css')).body.toString()).toBe('new')
    expect((await server.ask('/app.css')).status).toBe(404)
  })

  test('one that is put in the place of a file just served is refused at once', async () => {
    fixture.put('public/swapped.txt', 'served')
    expect((await ask('/swapped.txt')).body.toString()).toBe('served')
    rmSync(fixture.at('public/swapped.txt'))
    symlinkSync(fixture.at('outside/secret.txt'), fixture.at('public/swapped.txt'))
    expect((await server.ask('/swapped.txt')).status).toBe(404)
  })

  test('a directory put in the place of one just served from is refused at once', async () => {
    fixture.put('public/swap/secret.txt', 'served')
    expect((await ask('/swap/secret.txt')).body.toString()).toBe('served')
    renameSync(fixture.at('public/swap'), fixture.at('public/swap.old'))
    symlinkSync(fixture.at('outside'), fixture.at('public/swap'))
    expect((await server.ask('/swap/secret.txt')).status).toBe(404)
  })

  test.runIf(process.platform === 'linux')('is asked for once where one file is served many times', async () => {
    const readlink = vi.spyOn(process.getBuiltinModule('node:fs'), 'readlinkSync')
    fixture.put('public/popular.txt', 'popular')
    await ask('/popular.txt')
    await server.ask('/popular.txt')
    await server.ask('/popular.txt')
    expect(readlink).toHaveBeenCalledTimes(1)
    readlink.mockRestore()
  })

  test('a refused file is not left open', async () => {
    await ask('/links/file.txt')
    expect(timesOpen(fixture.at('outside/secret.txt'))).toBe(0)
  })

  test.runIf(process.platform === 'linux')('a root that is the root of the disk', async () => {
    answer = serveDirectory('/')
    expect((await server.ask(`${fixture.root}/public/app.css`)).status).toBe(200)
  })
})
