/**
 * What a client accepts, and how gladly: `Accept`, `Accept-Language`, `Accept-Encoding` (RFC 9110 section 12.5). Of what is offered,
 * each is judged by the item of the header that fits it most closely; then quality counts, then how close the fit is, then the client's
 * order, then the server's.
 */
import { lookup } from 'mrmime'
import { coreError } from '../errors/core-errors.ts'
import { nameAndValue, splitHeader } from './header-list.ts'

/** What a client accepts, and how gladly. */
export interface Preferences {
  /** What the header names, best first, without what it refuses. */
  readonly values: readonly string[]
  /** The one of the offers that the client likes best; undefined if it accepts none, and the first one if it does not say. */
  best<O extends string>(...offers: readonly O[]): O | undefined
  /** The offers that the client accepts, best first. */
  rank<O extends string>(...offers: readonly O[]): readonly O[]
  /** From 0, not accepted, to 1. */
  qualityOf(offer: string): number
}

/** One item of such a header. */
interface Item {
  /** In lower case. */
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
  readonly place: number
}

/** What fits an item of a header: how an offer is read, once, and how closely it fits: the higher, the closer; undefined where it does not. */
interface Fit<O> {
  readonly read: (offer: string) => O
  readonly fit: (item: Item, offer: O) => number | undefined
}

/** Nobody means more than this: each item costs, and whoever asks writes them. */
const MOST_ITEMS = 100

/** What a client says that takes everything alike, as most programs do. */
const ANYTHING: Preferences = {
  values: ['*/*'],
  best: (...offers) => ANYTHING.rank(...offers)[0],
  rank(...offers) {
    // A wrong offer is told of whoever asks.
    offers.forEach(fullType)
    return offers
  },
  qualityOf: (offer) => (fullType(offer) === '' ? 0 : 1),
}

/** Preferences of an `Accept` header. Offers are media types, or extensions of file names: `html`, `json`. */
export function acceptedTypes(header: string | null | undefined): Preferences {
  return isAbsent(header) || header === '*/*' ? ANYTHING : new Ranked(readItems(header), TYPES)
}

/** Preferences of an `Accept-Language` header. Offers are language tags: `de`, `en-GB`. */
export function acceptedLanguages(header: string | null | undefined): Preferences {
  return new Ranked(readItems(isAbsent(header) ? '*' : header), LANGUAGES)
}

/** Preferences of an `Accept-Encoding` header. `identity`, no coding at all, is accepted unless it is refused. */
export function acceptedEncodings(header: string | null | undefined): Preferences {
  const items = [...readItems(header ?? '')]
  if (!items.some(({ value }) => value === 'identity' || value === '*')) {
    const least = Math.min(1, ...items.map(({ quality }) => quality).filter((quality) => quality > 0))
    items.push({ value: 'identity', parameters: new Map(), quality: least, place: items.length })
  }
  return new Ranked(items, CODINGS)
}

class Ranked<O> implements Preferences {
  readonly #items: readonly Item[]
  readonly #fit: Fit<O>

  constructor(items: readonly Item[], fit: Fit<O>) {
    this.#items = items
    this.#fit = fit
  }

  get values(): readonly string[] {
    return this.#items
      .filter(({ quality }) => quality > 0)
      .sort((one, other) => other.quality - one.quality || one.place - other.place)
      .map(({ value }) => value)
  }

  best<O extends string>(...offers: readonly O[]): O | undefined {
    return this.rank(...offers)[0]
  }

  rank<O extends string>(...offers: readonly O[]): readonly O[] {
    return offers
      .map((offer) => ({ offer, ...this.#judge(offer) }))
      .filter(({ quality }) => quality > 0)
      .sort((one, other) => other.quality - one.quality || other.fit - one.fit || one.place - other.place)
      .map(({ offer }) => offer)
  }

  qualityOf(offer: string): number {
    return this.#judge(offer).quality
  }

  #judge(offer: string): { readonly quality: number; readonly fit: number; readonly place: number } {
    let best = { quality: 0, fit: -1, place: 0 }
    const read = this.#fit.read(offer)
    for (const item of this.#items) {
      const fit = this.#fit.fit(item, read) ?? -1
      if (fit > best.fit || (fit === best.fit && fit >= 0 && item.quality > best.quality)) {
        best = { quality: item.quality, fit, place: item.place }
      }
    }
    return best
  }
}

function isAbsent(header: string | null | undefined): header is null | undefined {
  return (header ?? '').trim() === ''
}

/** The items of such a header; none where it is not well-formed. What follows the quality is no part of an item. */
export function readItems(header: string | null | undefined): readonly Item[] {
  return (splitHeader(header ?? '', ',') ?? []).slice(0, MOST_ITEMS).map((text, place) => {
    const [value = '', ...rest] = splitHeader(text, ';') ?? []
    const parameters = new Map<string, string>()
    for (const part of rest) {
      const [name, given = ''] = nameAndValue(part)
      if (name === 'q') {
        const quality = Number(given)
        return { value: value.toLowerCase(), parameters, quality: quality >= 0 && quality <= 1 ? quality : 0, place }
      }
      if (!parameters.has(name)) {
        parameters.set(name, given)
      }
    }
    return { value: value.toLowerCase(), parameters, quality: 1, place }
  })
}

/** A media type as offered: in full, or as the extension of a file's name. @throws MicroError `MICRO_MEDIA_TYPE`. */
function fullType(offer: string): string {
  if (offer.includes('/')) {
    return offer
  }
  const type: unknown = offer === 'text' ? 'text/plain' : lookup(offer)
  if (typeof type !== 'string') {
    throw coreError('MICRO_MEDIA_TYPE', { name: offer })
  }
  return type
}

/** By parameters as well, then the very type, then its kind (`text/*`), then any. */
const TYPES: Fit<{ readonly type: string; readonly kind: string; readonly parameters: ReadonlyMap<string, string | undefined> }> = {
  read(offer) {
    const [text = '', ...rest] = splitHeader(fullType(offer), ';') ?? []
    const type = text.toLowerCase()
    return { type, kind: `${type.slice(0, type.indexOf('/'))}/*`, parameters: new Map(rest.reverse().map(nameAndValue)) }
  },
  fit({ value, parameters }, offer) {
    const base = value === offer.type ? 2 : value === offer.kind ? 1 : value === '*/*' ? 0 : undefined
    if (base === undefined || parameters.size === 0) {
      return base
    }
    for (const [name, wanted] of parameters) {
      if (wanted !== '*' && offer.parameters.get(name)?.toLowerCase() !== wanted.toLowerCase()) {
        return undefined
      }
    }
    return base + 3
  },
}

/** The very language, then one that is asked for with its region, then a region of the one asked for, then any. */
const LANGUAGES: Fit<string> = {
  read: (offer) => offer.toLowerCase(),
  fit: ({ value }, offer) =>
    value === offer ? 3 : prefixOf(value) === offer ? 2 : prefixOf(offer) === value ? 1 : value === '*' ? 0 : undefined,
}

const CODINGS: Fit<string> = {
  read: (offer) => offer.toLowerCase(),
  fit: ({ value }, offer) => (value === offer ? 1 : value === '*' ? 0 : undefined),
}

function prefixOf(language: string): string {
  const dash = language.indexOf('-')
  return dash < 0 ? language : language.slice(0, dash)
}
