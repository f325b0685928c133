import { describe, expect, test } from 'vitest'
import { jsonPlaces } from '../src/json/json-places.ts'

describe('jsonPlaces', () => {
  const text = `{
  "other": { "db": { "url": "wrong" } },
  "db": {
    "url": "a \\" } b",
    "list": [1, { "url": 2 }, []],
    "pool": { "size": -1.5e3, "on": true }
  },
  "db2": null
}
`
  const places: readonly (readonly [path: readonly string[], line: number])[] = [
    [['other'], 2],
    [['other', 'db', 'url'], 2],
    [['db'], 3],
    [['db', 'url'], 4],
    [['db', 'list'], 5],
    [['db', 'pool', 'size'], 6],
    [['db2'], 8],
    [['db', 'pool', 'absent'], 6],
    [['absent'], 1],
    [[], 1],
  ]
  test.each(places)('finds the line of %j', (path, line) => {
    expect(jsonPlaces(text).lineOf(path)).toBe(line)
  })

  test('the later of two equal keys counts, as it does for JSON.parse', () => {
    expect(jsonPlaces('{"a": 1,\n"a": 2}').lineOf(['a'])).toBe(2)
  })

  const mistakes: readonly (readonly [text: string, line: number | undefined])[] = [
    [text, undefined],
    ['1', undefined],
    [' [ ] ', undefined],
    ['', 1],
    ['{\n"a": hunter2\n}', 2],
    ['{\n"a": 1\n"b": 2}', 3],
    ['{\n"a": "x', 2],
    ['{\n"a": "x\ny"}', 2],
    ['{"a": 1}\n}', 2],
    ['{"a": 1,\n}', 2],
    ['[1,\n\n,]', 3],
    ['{"a"\n1}', 2],
    ['{\n1: 2}', 2],
    ['{"a": 01}', 1],
    ['{"a": "\\x"}', 1],
    ['{"a": [1, 2}', 1],
  ]
  test.each(mistakes)('finds the first mistake of %j', (json, line) => {
    expect(jsonPlaces(json).mistakeLine).toBe(line)
    let isJson = true
    try {
      JSON.parse(json)
    } catch {
      isJson = false
    }
    expect(line === undefined).toBe(isJson)
  })
})
