/** Run inside a folder with a subset installed: every order boots, answers and stops; then this process must end by itself. */
import { load, makeApp, visit } from './each-part.ts'
import { type Name, ordersOf } from './subsets.ts'

const names = process.argv.slice(2) as Name[]
const before = performance.now()
const loaded = await load(names)
const importMs = performance.now() - before
const orders = ordersOf(names)
for (const order of orders) {
  const app = makeApp(loaded, order, import.meta.dirname)
  await visit(app.client(), order)
  await app.stop()
}
console.log(JSON.stringify({ orders: orders.length, importMs, done: Date.now() }))
