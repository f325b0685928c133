/** What somebody does with examples/notes: registers, writes a note with a picture, finds both again. */
import { SiteVisitor } from './site-visitor.ts'
import { must, mustEqual } from './stage.ts'

const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery' }
const TITLE = 'A walk by the sea <b>'
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** Registers and writes the note. Resolves with who did it. */
export async function writeNote(url: string): Promise<SiteVisitor> {
  const ada = new SiteVisitor(url)
  await page(await ada.post('/register', ACCOUNT), 'Welcome.')
  const picture = new File([Buffer.from(PICTURE, 'base64')], 'dot.png', { type: 'image/png' })
  await page(await ada.post('/notes/new', { title: TITLE, body: 'Text', picture }), '<h1>A walk by the sea &lt;b&gt;</h1>')
  await findNote(url, ada)
  return ada
}

/** Finds note and picture, still signed in. */
export async function findNote(url: string, ada: SiteVisitor): Promise<void> {
  const again = new SiteVisitor(url, ada)
  await page(await again.get('/notes/1'), '<h1>A walk by the sea &lt;b&gt;</h1>')
  const picture = await again.get('/notes/1/picture')
  mustEqual([picture.status, picture.headers.get('content-type')], [200, 'image/png'], 'the picture')
  mustEqual(Buffer.from(await picture.arrayBuffer()).toString('base64'), PICTURE, 'bytes of the picture')
}

/** Signs in with the password, from another machine. */
export async function signIn(url: string): Promise<void> {
  await page(await new SiteVisitor(url).post('/login', ACCOUNT), 'A walk by the sea')
}

/** A page that must hold `text`. */
export async function page(response: Response, text: string): Promise<void> {
  const body = await response.text()
  must(
    response.status === 200 && body.includes(text),
    `${response.url} answered ${response.status} without «${text}»:\n${body.slice(0, 2000)}`,
  )
}
