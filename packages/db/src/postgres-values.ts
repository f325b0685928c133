/** How values of PostgreSQL are read, where pg reads them otherwise: the same in every time zone, and exact. */
import type pg from 'pg'

type Parse = (text: string) => unknown

// Object identifiers of types: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
const INT8 = { one: 20, array: 1016 }
const DATE = { one: 1082, array: 1182 }
const TIMESTAMP = { one: 1114, array: 1115 }
const TIMESTAMPTZ = 1184
const TEXT_ARRAY: number = 1009

/** The parsers of types, for a pool: those that are read differently here, and pg's own. */
export function postgresValues(types: typeof pg.types): pg.CustomTypesConfig {
  const zoned: Parse = types.getTypeParser(TIMESTAMPTZ, 'text')
  const texts: Parse = types.getTypeParser(TEXT_ARRAY, 'text')
  const parsers = new Map<number, Parse>()
  for (const [{ one, array }, parse] of [
    [INT8, parseInt8],
    // A day is no moment: as a Date it would be another day elsewhere.
    [DATE, (text: string) => text],
    // Dates are sent as UTC: without a zone they must not come back as local time. What is infinite has no time of day.
    [TIMESTAMP, (text: string) => zoned(text.replace(/ (\S+)/, ' $1Z'))],
  ] as const) {
    parsers.set(one, parse)
    parsers.set(array, (text) => each(texts(text), parse))
  }
  return {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      (format === 'binary' ? undefined : parsers.get(oid)) ?? types.getTypeParser(oid, format),
  }
}

/** A number as long as it is exact: counts are of this type. */
function parseInt8(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** Parses the elements of an array, of any depth; null stays null. */
function each(value: unknown, parse: Parse): unknown {
  return Array.isArray(value) ? value.map((element) => each(element, parse)) : typeof value === 'string' ? parse(value) : value
}
