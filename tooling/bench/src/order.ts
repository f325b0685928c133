import { z } from 'zod'

/** What the scenario `post-zod` validates. Its keys stand in the order of `sample-order.ts`, so that every server answers the same bytes. */
export const Order = z.object({
  id: z.int().positive(),
  customer: z.object({ name: z.string().min(1).max(80), email: z.email(), city: z.string() }),
  paid: z.boolean(),
  note: z.string().max(500),
  items: z.array(z.object({ sku: z.string().length(8), title: z.string(), quantity: z.int().min(1), price: z.number().min(0) })).min(1),
})
