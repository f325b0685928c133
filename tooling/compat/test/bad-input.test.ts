/** What extensions do wrong to others: each has a verdict of its own, in words, and soon. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Fault } from '../reference/faults.ts'
import { left } from '../reference/reference.ts'
import { referenceSubject } from '../reference/subject.ts'
import { checkExtension, checkRule, RULES, type Subject, testExtension } from '../src/index.ts'

/** Longest that anybody waits for the verdict. */
const PATIENCE_MS = 10_000

afterEach(() => {
  for (const child of left.children.splice(0)) {
    child.kill('SIGKILL')
  }
  for (const undo of left.undo.splice(0).reverse()) {
    undo()
  }
  delete (globalThis as { referenceWasHere?: boolean }).referenceWasHere
})

const CASES: readonly (readonly [what: string, subject: Fault | Subject, rule: string, seen: RegExp])[] = [
  [
    'throws at import',
    { ...referenceSubject(), module: new URL('../broken/throws-at-import/index.ts', import.meta.url).href },
    'P01',
    /Error: not today/,
  ],
  ['hangs in start', 'start hangs', 'P15', /^its start: A start hook of extension 'reference' took longer than 4000 ms\./],
  ['hangs where it is used', 'its use hangs', 'P15', /^its exercise had not ended after 5 s$/],
  ['hangs in stop', 'stop hangs', 'P15', /^its stop: A stop hook of extension 'reference' took longer than 4000 ms\./],
  ['leaks a timer', 'forgets to stop its timer', 'P15', /^a second after the stop these are open: a timer \(Timeout\)$/],
  ['leaks a server', 'leaves a server open', 'P15', /^a second after the stop these are open: a server \(TCPServerWrap\)$/],
  ['leaks a connection', 'leaves a connection open', 'P15', /^a second after the stop these are open: a connection \(TCPSocketWrap\)/],
  ['leaks a child process', 'leaves a child process', 'P15', /^a second after the stop these are open: a child process \(ProcessWrap\)$/],
  ['leaks a listener', 'leaves a listener on the process', 'P15', /these are open: listener of 'warning' on the process$/],
  ['changes the app', 'adds a member of its own to the app', 'P13', /^beside app\.reference and ctx\.reference it changes app\.extra$/],
  ['changes a method of the app', 'changes a method of the app', 'P13', /it changes app\.urlFor$/],
  ['changes every app', 'changes a method of every app', 'P13', /it changes Micro\.prototype\.urlFor$/],
  ['changes the context', 'adds a member of its own to the context', 'P13', /it changes ctx\.extra$/],
  ['makes a global', 'initApp changes a global', 'P09', /^initApp defines globalThis\.referenceWasHere$/],
  ['replaces a function of the language', 'initApp replaces a function of the language', 'P09', /^initApp replaces JSON\.stringify$/],
  [
    'registers after the start',
    'declares after initApp',
    'P09',
    /initApp of extension 'reference' has ended, but app\.onStop\(\) was called after it\./,
  ],
  ['registers while a request runs', 'declares a route while a request runs', 'P09', /app\.get\(\) was called after the app had started/],
  ["answers for another's name", 'answers for another name', 'P03', /^the value answers to 'greeter', and installs itself as 'reference'$/],
  ["takes a name of core's", 'takes a name of core', 'P03', /'session' is a member of core's own/],
  ['prints a secret', 'prints a secret', 'P04', /^the value of the secret token stands in what it printed$/],
  ['shows a secret in an error', 'error shows a secret', 'P04', /^the error shows the value of a secret$/],
]

describe('an extension that', { timeout: 2 * PATIENCE_MS }, () => {
  test.each(CASES)('%s', async (_what, given, id, seen) => {
    const rule = RULES.find((one) => one.id === id)
    const began = performance.now()
    const { outcome } = await checkRule(rule as (typeof RULES)[number], typeof given === 'string' ? referenceSubject(given) : given)
    expect(performance.now() - began).toBeLessThan(PATIENCE_MS)
    expect(outcome).toMatchObject({ verdict: 'failed', seen: expect.stringMatching(seen) })
  })
})

describe('a subject is refused where', () => {
  const { misuse: _, ...withoutMisuse } = referenceSubject()
  const wrong: readonly (readonly [what: string, subject: object, message: RegExp])[] = [
    ['a key is misspelt', { ...referenceSubject(), otherConfg: {} }, /The subject .*'otherConfg'.* Did you mean 'otherConfig'\?/],
    ['a key of its secret is another', { ...referenceSubject(), secret: { config: {}, value: 'x' } }, /secret of the subject .*'config'/],
    [
      'its secret has no key',
      { ...referenceSubject(), secret: { value: 'x' } },
      /^secret of the subject: 'key' has to be a string, and is undefined\.$/,
    ],
    [
      'a misconfiguration names no key',
      { ...referenceSubject(), misconfigure: [{ config: {} }] },
      /^misconfigure\[0\] of the subject: 'key' has to be/,
    ],
    ['misconfigurations are no list', { ...referenceSubject(), misconfigure: {} }, /'misconfigure' has to be a list/],
    ['a function is missing', withoutMisuse, /^The subject: 'misuse' has to be a function, and is undefined\.$/],
    ['there is nothing', {}, /'create' has to be a function/],
  ]
  test.each(wrong)('%s', async (_what, subject, message) => {
    await expect(checkExtension(subject as Subject)).rejects.toThrow(message)
    await expect(testExtension(subject as Subject, () => undefined)).rejects.toThrow(message)
  })
})
