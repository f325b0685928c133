/** One server-sent event (WHATWG HTML, section 9.2). */
export interface ServerEvent {
  /** Text, or a value sent as JSON. */
  readonly data: unknown
  readonly event?: string
  readonly id?: string
  /** Milliseconds after which a browser that lost the connection comes back. */
  readonly retry?: number
}

/** The wire form of events. */
export async function* encodeEvents(source: AsyncIterable<ServerEvent>): AsyncGenerator<string> {
  for await (const { data, event, id, retry } of source) {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    const lines = [
      ...(event === undefined ? [] : [`event: ${oneLine(event)}`]),
      ...(id === undefined ? [] : [`id: ${oneLine(id)}`]),
      ...(retry === undefined ? [] : [`retry: ${Math.trunc(retry)}`]),
      ...text.split(/\r\n|\r|\n/).map((line) => `data: ${line}`),
    ]
    yield `${lines.join('\n')}\n\n`
  }
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, ' ')
}
