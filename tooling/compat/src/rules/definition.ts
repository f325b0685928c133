import { isBuiltin } from 'node:module'
import { configurationsOf, firstUse } from '../first-use.ts'
import { collected, KEPT_BY_THE_RUNTIME } from '../garbage.ts'
import { importDeeds } from '../import-deeds.ts'
import { failed, passed, type Rule } from '../rule.ts'
import type { Subject } from '../subject.ts'
import { definitionOf, describe, tryOut } from '../trial.ts'
import { deedsOf } from '../watch.ts'

/** P01 */
export const quietImport: Rule = {
  id: 'P01',
  title: 'importing the package and calling the factory does nothing but that',
  async check(subject) {
    const deeds = deedsOf(() => subject.create())
    if (deeds.length > 0) {
      return failed(`the factory ${deeds.join(', ')}`, 'a factory that only makes a value')
    }
    if (subject.module === undefined || isBuiltin(subject.module)) {
      return passed('the factory did nothing else; the module was not named, so its import was not watched')
    }
    const atImport = await importDeeds(subject.module)
    return atImport.length === 0
      ? passed('neither the import nor the factory did anything else')
      : failed(`the import ${atImport.join(', ')}`, 'an import that only defines things')
  },
}

/** P02 */
export const noSharedState: Rule = {
  id: 'P02',
  title: 'the value is frozen and keeps nothing about any app',
  async check(subject) {
    const extension = subject.create()
    if (!Object.isFrozen(extension)) {
      return failed('the value is not frozen', 'a frozen value')
    }
    const [config, otherConfig] = configurationsOf(subject)
    const one = await tryOut(subject, { extension, config })
    const other = await tryOut(subject, { extension, config: otherConfig })
    try {
      const { answers } = await firstUse(subject)
      const alone = [await answersAlone(subject, config), await answersAlone(subject, otherConfig)] as const
      const changed = alone.findIndex(([again], index) => answers[index] !== undefined && again !== answers[index])
      if (changed >= 0) {
        return failed(
          `a new app answered ${alone[changed]?.[0]}, where the first one of that configuration had answered ${answers[changed]}`,
          'the same answer: nothing is left of an app that has stopped',
        )
      }
      for (let round = 0; round < ROUNDS; round++) {
        const replies = await Promise.all([one.client.get('/exercise'), other.client.get('/exercise')])
        const mixed = [await replies[0].text(), await replies[1].text()]
        if (mixed[0] !== alone[0][round] || mixed[1] !== alone[1][round]) {
          return failed(
            `side by side two apps answered ${mixed.join(' and ')}, alone ${alone[0][round]} and ${alone[1][round]}`,
            'the same answers',
          )
        }
      }
      await one.end()
      const after = await other.client.get('/exercise')
      if (after.status !== 200) {
        return failed(`after one app was stopped, the other answered ${after.status}`, '200')
      }
    } finally {
      await one.end()
      await other.end()
    }
    const kept = await collected(APPS, async () => {
      const trial = await tryOut(subject, { extension })
      await trial.client.get('/exercise')
      await trial.end()
      return trial.app
    })
    return kept <= KEPT_BY_THE_RUNTIME
      ? passed(`two apps answered side by side as they do alone; ${APPS} apps were collected after their stop`)
      : failed(`${kept} of ${APPS} stopped apps are still reachable`, 'none, but for the last ones a runtime may keep')
  },
}

/** Times that each app is asked: what accumulates may show late. */
const ROUNDS = 3

/** Apps that are made, used, stopped and let go of. */
const APPS = 20

/** P03 */
export const properName: Rule = {
  id: 'P03',
  title: "the name is one lower-case word, none of core's members",
  async check(subject) {
    const { name } = subject.create()
    if (!/^[a-z][a-z0-9]*$/.test(name)) {
      return failed(`the name is ${describe(name)}`, '[a-z][a-z0-9]*')
    }
    const { name: defined } = definitionOf(subject.create())
    if (defined !== name) {
      return failed(`the value answers to '${name}', and installs itself as '${defined}'`, 'one name')
    }
    const trial = await tryOut(subject)
    await trial.end()
    return trial.app.extensions.has(name)
      ? passed(`'${name}'`)
      : failed(`'${name}' was not installed`, 'an installed extension of that name')
  },
}

/** What the subject's exercise answers, round by round, in an app that is alone. */
async function answersAlone(subject: Subject, config: NonNullable<Subject['config']>): Promise<readonly string[]> {
  const trial = await tryOut(subject, { config })
  const texts: string[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      texts.push(await (await trial.client.get('/exercise')).text())
    }
  } finally {
    await trial.end()
  }
  return texts
}
