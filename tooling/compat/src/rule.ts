import type { Subject } from './subject.ts'

/** How a rule ended. */
export type Outcome =
  | { readonly verdict: 'passed'; readonly evidence: string }
  | { readonly verdict: 'failed'; readonly seen: string; readonly expected: string }
  | { readonly verdict: 'does not apply'; readonly reason: string }

/** A rule of the extension protocol, as a test of any extension. */
export interface Rule {
  /** Its id in the protocol: `P04`. */
  readonly id: string
  readonly title: string
  check(subject: Subject): Promise<Outcome> | Outcome
}

/** A rule's id, title and outcome. */
export interface RuleReport {
  readonly id: string
  readonly title: string
  readonly outcome: Outcome
  /** Page that explains the rule. */
  readonly page: string
  readonly ms: number
}

/** A promise was kept. */
export function passed(evidence: string): Outcome {
  return { verdict: 'passed', evidence }
}

/** A promise was broken. */
export function failed(seen: string, expected: string): Outcome {
  return { verdict: 'failed', seen, expected }
}

/** The rule says nothing about this extension. */
export function inapplicable(reason: string): Outcome {
  return { verdict: 'does not apply', reason }
}
