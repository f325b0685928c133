import { describe, expect, it } from 'vitest'
import { checkPackages } from '../src/package-shape.ts'
import { read } from '../src/workspace.ts'

const FILE = 'packages/uploads/package.json'
const GOOD = JSON.parse(read(FILE)) as { readonly [key: string]: unknown }
const { license, ...WITHOUT_LICENSE } = GOOD

describe('checkPackages', () => {
  it.each([
    ['another name', { ...GOOD, name: '@micro/files' }, "'name' is '@micro/files': in this folder it must be @micro/uploads."],
    ['an install script', { ...GOOD, scripts: { postinstall: 'node x.js' } }, `'scripts' must be {"build":"`.slice(0, -1)],
    ['another range of Node', { ...GOOD, engines: { node: '>=20' } }, `'engines' must be {"node":">=22.19"}.`],
    ['core as a dependency', { ...GOOD, dependencies: { '@micro/core': 'catalog:' } }, "'@micro/core' must not be a dependency"],
    ['core not as a peer', { ...GOOD, peerDependencies: {} }, "'@micro/core' must be a peer dependency, workspace:^."],
    ['a range of its own', { ...GOOD, dependencies: { busboy: '^1.0.0' } }, `'busboy' must be "catalog:"`],
    ['dependencies out of order', { ...GOOD, dependencies: { b: 'catalog:', a: 'catalog:' } }, "'dependencies' must be sorted: a, b."],
    [
      'an export without source',
      { ...GOOD, exports: { '.': { types: './a.d.ts', default: './a.js' } } },
      "exports['.'] must have the conditions",
    ],
    [
      'an export that leads nowhere',
      { ...GOOD, exports: { '.': { '@micro/source': './src/gone.ts', types: './dist/gone.d.ts', default: './dist/gone.js' } } },
      "exports['.'] leads to ./src/gone.ts, which is not there.",
    ],
    [
      'sources for npm',
      { ...GOOD, publishConfig: { exports: GOOD.exports } },
      "'publishConfig' must have exports and imports without the sources",
    ],
    ['keys in another order', { ...WITHOUT_LICENSE, license }, 'the keys must stand in the order name, version, description, license'],
  ])('refuses %s, naming the file', (_, manifest, says) => {
    expect(checkPackages(new Map([[FILE, manifest]]))).toEqual([expect.stringContaining(`${FILE}: ${says}`)])
  })

  it.each([
    [
      'a key that no other has',
      { name: '@tooling/fuzz', private: true, version: '0.0.0', type: 'module', main: 'x.js' },
      "no other manifest has 'main'",
    ],
    [
      'a tool that would go to npm',
      { name: '@tooling/fuzz', version: '0.0.0', type: 'module' },
      "'private' must be true for all but @micro/…",
    ],
    ['no module', { name: '@tooling/fuzz', private: true, version: '0.0.0' }, "'version' and 'type': 'module' must be there."],
  ])('refuses %s', (_, manifest, says) => {
    expect(checkPackages(new Map([['tooling/fuzz/package.json', manifest]]))[0]).toContain(says)
  })

  it('says nothing of the manifests as they are', () => {
    expect(checkPackages()).toEqual([])
  })
})
