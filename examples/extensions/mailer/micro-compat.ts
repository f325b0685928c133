/** How this extension is proven by the command: with a mail server of its own. */
import { startMailServer } from './test/mail-server.ts'
import { subjectFor } from './test/subject.ts'

export default subjectFor((await startMailServer()).url)
