import { SiteVisitor } from './site-visitor.ts'
import { must, mustEqual } from './stage.ts'

/** Uses examples/hello: a text, a page, JSON. */
export async function visitHello(url: string): Promise<void> {
  const visitor = new SiteVisitor(url)
  mustEqual(await (await visitor.get('/')).text(), 'Hello, World!', '/')
  must((await (await visitor.get('/hello/%3Cb%3E')).text()).includes('<h1>Hello, &lt;b&gt;!</h1>'), '/hello/<b> does not greet')
  mustEqual(await (await visitor.get('/square/12')).json(), { n: 144 }, '/square/12')
}
