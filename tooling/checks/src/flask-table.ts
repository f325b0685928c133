import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, read } from './workspace.ts'

const PAGE = 'docs/flask.md'
/** How many rows may say that something of Flask has no meaning here. */
const MOST_WITHOUT_MEANING = 15

/** Each row of the page for people who know Flask names a test that exists; few say that they do not apply. */
export function checkFlaskTable(page: string = read(PAGE)): readonly string[] {
  const problems: string[] = []
  const seen = new Set<string>()
  let withoutMeaning = 0
  for (const line of page.split('\n').filter((text) => /^\|(?! *id *\||-)/.test(text))) {
    const [id = '', , micro = '', , tests = '', ...more] = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim())
    if (more.length > 0 || seen.has(id)) {
      problems.push(`${PAGE}: row '${id}' ${seen.has(id) ? 'stands there twice' : 'has more than five cells (write \\| for a pipe)'}.`)
    }
    seen.add(id)
    if (micro === 'to come') {
      continue
    }
    if (micro.startsWith('does not apply')) {
      withoutMeaning++
      if (!micro.includes(': ')) {
        problems.push(`${PAGE}: row '${id}' gives no reason: 'does not apply: …'.`)
      }
      continue
    }
    problems.push(...missing(tests).map((problem) => `${PAGE}: row '${id}' ${problem}`))
  }
  if (withoutMeaning > MOST_WITHOUT_MEANING) {
    problems.push(`${PAGE}: ${withoutMeaning} rows say 'does not apply', ${MOST_WITHOUT_MEANING} are allowed.`)
  }
  return problems
}

/** What is wrong with a cell of tests: `file › words of its title`, several with `<br>` between. */
function missing(tests: string): readonly string[] {
  if (tests === '') {
    return ['names no test.']
  }
  return tests.split('<br>').flatMap((test) => {
    const [file = '', ...words] = test
      .replaceAll('`', '')
      .split('›')
      .map((part) => part.trim())
    if (!existsSync(join(ROOT, file)) || words.length === 0) {
      return [`names '${test.trim()}': write the file of the test from the root, then › and words of its title.`]
    }
    const source = read(file)
    return words.flatMap((word) => (source.includes(word) ? [] : [`names the test '${word}', which ${file} does not have.`]))
  })
}
