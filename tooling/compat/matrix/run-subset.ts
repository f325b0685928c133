/** Run inside a folder with a subset installed: every order boots, answers and stops; then this process must end by itself. */
import { behaviourOf, load, makeApp, visit } from './each-part.ts'
import { type Name, ordersOf } from './subsets.ts'

const names = process.argv.slice(2) as Name[]
// Of the processor: what else the machine does takes none of it.
const before = process.cpuUsage()
const loaded = await load(names)
const { user, system } = process.cpuUsage(before)
const importMs = (user + system) / 1000
const orders = ordersOf(names)
const behaviours = new Set<string>()
for (const order of orders) {
  const app = makeApp(loaded, order, import.meta.dirname)
  await visit(app.client(), order)
  behaviours.add(JSON.stringify(await behaviourOf(app, app.client())))
  await app.stop()
}
console.log(JSON.stringify({ orders: orders.length, behaviours: behaviours.size, importMs, done: Date.now() }))
