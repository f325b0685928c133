import { describe, expect, it } from 'vitest'
import { parseSqlScript } from '../src/sql-script.ts'

const scripts: readonly [text: string, up: string | undefined, down?: string | undefined][] = [
  ['create table a (id)', 'create table a (id)'],
  ['-- up\nA\n-- down\nB', '\nA\n', '\nB'],
  ['-- down\nB\n-- up\nA', '\nA', '\nB\n'],
  ['-- about it\n/* more\n of it */\n--UP\r\nA', '\r\nA'],
  ['  --  Up  \nA\n-- up and away\nC', '\nA\n-- up and away\nC'],
  ['-- up\n-- down', '\n', ''],
  ['A\n-- up\nB', undefined],
  ['-- up\nA\n-- up\nB', undefined],
  ['-- down\nB', undefined],
]

describe('parseSqlScript', () => {
  it('takes the sections apart, and refuses what is ambiguous', () => {
    expect(scripts.map(([text]) => parseSqlScript(text))).toEqual(
      scripts.map(([, up, down]) => (up === undefined ? undefined : { up, down })),
    )
  })
})
