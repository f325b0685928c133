/** The reference pages that are made from the source. */
import { commandLinePage } from './command-line.ts'
import { configurationPage } from './configuration.ts'
import { errorsPage } from './errors.ts'
import { hooksPage } from './hooks.ts'
import { membersPage } from './members.ts'

/** The pages by their paths from the top folder. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/reference/configuration.md', configurationPage()],
    ['docs/reference/errors.md', await errorsPage()],
    ['docs/reference/commands.md', await commandLinePage()],
    ['docs/reference/hooks.md', hooksPage()],
    ['docs/reference/members.md', membersPage()],
  ])
}
