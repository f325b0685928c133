import { describe, expect, test } from 'vitest'
import { CORE_CONVERTERS } from '../src/routing/converter.ts'
import { type PathPattern, readPath } from '../src/routing/path-pattern.ts'
import { Router } from '../src/routing/router.ts'

const read = (path: string): PathPattern =>
  readPath(path, CORE_CONVERTERS, (problem) => {
    throw new Error(problem)
  })

describe('readPath', () => {
  const refused: readonly (readonly [path: string, problem: string])[] = [
    ['notes', "a path starts with '/': write '/notes'"],
    ['', "a path starts with '/': write '/'"],
    ['/a:b', "a param is one whole segment: write '/:b' instead of '/a:b'"],
    ['/x/<int:id>', "a param starts with a colon: write '/:id<int>' instead of '/<int:id>'"],
    ['/x/<any(a,b):page>/y', "write '/:page<any(a,b)>' instead of '/<any(a,b):page>'"],
    ['/<id>', "write '/:id' instead of '/<id>'"],
    ['/{id:int}', "write '/:id<int>' instead of '/{id:int}'"],
    ['/a/{id}', "write '/:id' instead of '/{id}'"],
    ['/{id}.txt', "'{id}.txt' is not a literal segment"],
    ['/{...rest}', "'{...rest}' is not a literal segment: a rest is written '/:rest<path>'"],
    ['/:', "a param needs a name: ':name'"],
    ['/:1a', "'1a' is not a name for a param: use letters, digits and '_'"],
    ['/:id?', "'id?' is not a name for a param: use letters, digits and '_'"],
    ['/:id(int)', "'id(int)' is not a name for a param: use letters, digits and '_'"],
    ['/:a-b', "'a-b' is not a name for a param: use letters, digits and '_'"],
    ['/:a<no>', "no converter 'no' (known: string, int, float, uuid, any, path)"],
    ['/:a<toString>', "no converter 'toString'"],
    ['/:a<int', "a param is ':name' or ':name<converter>': ':a<int' is neither"],
    ['/*', "'*' is not a literal segment: a rest is written '/:rest<path>'"],
    ['/a?', "'a?' is not a literal segment"],
    ['/:r<path>/x', "a param with the converter 'path' takes the rest of the path: it must be the last segment"],
    ['/:a/:a', "two of its params are named 'a'"],
    ['/:a<int(mni=3)>', "'mni=3' is none of its arguments (min=number, max=number, digits=number)"],
    ['/:a<int(min=x)>', "'min=x' is none of its arguments"],
    ['/:a<int(5)>', "'5' is none of its arguments"],
    ['/:a<string(len=3)>', "the arguments of the converter 'string' in ':a<string(len=3)>' are not accepted: 'len=3'"],
    ['/:a<any>', 'it needs the words that it accepts: any(one, two)'],
    ['/:a<uuid(4)>', 'it takes no arguments'],
    ['//a', 'two of its slashes follow each other'],
    ['/a//b', 'two of its slashes follow each other'],
  ]
  test.each(refused)('%j: %s', (path, problem) => {
    expect(() => read(path)).toThrow(problem)
  })

  test.each(['/', '/a', '/a/', '/:a', '/:a<int(min=1, max=5)>', '/a/:b/:c<path>', '/ü', '/a.b~c'])('%j is accepted', (path) => {
    expect(read(path).path).toBe(path)
  })
})

describe('match and build agree', () => {
  const values: readonly (readonly [path: string, values: { readonly [name: string]: unknown }])[] = [
    ['/a/:x', { x: 'plain' }],
    ['/a/:x', { x: 'a b/c?d#e%f' }],
    ['/a/:x', { x: 'ü💡' }],
    ['/a/:x', { x: '...' }],
    ['/a/:x', { x: ':@!$&\'()*+,;=-._~"<>\\^`{|}' }],
    ['/a/:x<int>', { x: -5 }],
    ['/a/:x<int(digits=4)>', { x: 7 }],
    ['/a/:x<float>', { x: 1.5 }],
    ['/a/:x<uuid>', { x: '0193a5b0-7c3d-7000-8000-0123456789ab' }],
    ['/a/:x<any(one,two words)>', { x: 'two words' }],
    ['/a/:x<path>', { x: 'b/c d/é' }],
    ['/a/:x<path>', { x: 'b//c/' }],
    ['/ü b/:x/:y<int>/', { x: 'a', y: 1 }],
  ]
  test.each(values)('%s with %o', (path, given) => {
    const pattern = read(path)
    const built = pattern.build(given, (param, problem) => {
      throw new Error(`${param} ${problem}`)
    })
    const router = new Router<{ readonly methods: readonly string[]; readonly pattern: PathPattern }>()
    router.add({ methods: ['GET'], pattern }, () => undefined)
    expect(router.find(built, 'GET')?.values).toEqual(Object.values(given))
  })
})
