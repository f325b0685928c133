/** A subject as it is given. A key that nobody reads would make the proof weaker, and nobody would be told. */
import { checkOptions, type OptionNames } from '@micro/core'
import type { Misconfiguration, Subject } from './subject.ts'

const SUBJECT: OptionNames<Subject> = {
  create: true,
  module: true,
  config: true,
  otherConfig: true,
  misconfigure: true,
  secret: true,
  exercise: true,
  misuse: true,
  peers: true,
  peerConfig: true,
  deprecated: true,
  costPercent: true,
}
const SECRET: OptionNames<NonNullable<Subject['secret']>> = { key: true, value: true }
const MISCONFIGURATION: OptionNames<Misconfiguration> = { config: true, key: true, secret: true }

const THE_SUBJECT = 'The subject'

/** Refuses what is no subject. @throws Error that names the key that is missing, or unknown, with the one that was most likely meant. */
export function checkSubject(subject: Subject): void {
  checkOptions(THE_SUBJECT, subject, SUBJECT)
  for (const name of ['create', 'exercise', 'misuse'] as const) {
    expectType(THE_SUBJECT, subject, name, 'function')
  }
  if (!Array.isArray(subject.misconfigure)) {
    throw new TypeError(`${THE_SUBJECT}: 'misconfigure' has to be a list. Give it an empty one where every configuration works.`)
  }
  for (const [index, misconfiguration] of subject.misconfigure.entries()) {
    const what = `misconfigure[${index}] of the subject`
    checkOptions(what, misconfiguration, MISCONFIGURATION)
    expectType(what, misconfiguration, 'config', 'object')
    expectType(what, misconfiguration, 'key', 'string')
  }
  if (subject.secret !== undefined) {
    const what = 'secret of the subject'
    checkOptions(what, subject.secret, SECRET)
    expectType(what, subject.secret, 'key', 'string')
    expectType(what, subject.secret, 'value', 'string')
  }
}

function expectType<T extends object>(what: string, given: T, name: keyof T & string, type: 'function' | 'object' | 'string'): void {
  if (typeof given[name] !== type) {
    throw new TypeError(`${what}: '${name}' has to be ${type === 'object' ? 'an' : 'a'} ${type}, and is ${String(given[name])}.`)
  }
}
