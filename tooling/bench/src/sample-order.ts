/** A JSON body of 1 KB. */
export const SAMPLE_ORDER: string = JSON.stringify({
  id: 48_151,
  customer: { name: 'Ada Lovelace', email: 'ada@example.org', city: 'London' },
  paid: true,
  note: 'Ring twice, and leave the parcel with the neighbours on the second floor if nobody is in. '.repeat(3).trim(),
  items: Array.from({ length: 8 }, (_, index) => ({
    sku: `SKU-100${index}`,
    title: `Part ${index} of the engine`,
    quantity: index + 1,
    price: 9.5 + index,
  })),
})
