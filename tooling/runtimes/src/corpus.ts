/** Requests that every way into an app must answer alike. */

/** A request, and the status that it must get. */
export interface CorpusRequest {
  readonly method: string
  readonly path: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly status: number
}

const get = (path: string, status = 200, headers: CorpusRequest['headers'] = {}): CorpusRequest => ({
  method: 'GET',
  path,
  status,
  headers,
})

const post = (path: string, type: string, body: CorpusRequest['body'], status = 200): CorpusRequest => ({
  method: 'POST',
  path,
  status,
  headers: { 'content-type': type },
  ...(body === undefined ? {} : { body }),
})

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const MULTIPART_TYPE = 'multipart/form-data; boundary=x'

/** All requests. */
export const CORPUS: readonly CorpusRequest[] = [
  ...['/text', '/json', '/bytes', '/blob', '/pieces', '/stream', '/page', '/events', '/file'].map((path) => get(path)),
  get('/plain', 201),
  get('/response', 203),
  get('/empty', 204),
  get('/redirect', 302),
  get('/show/7'),
  get('/show/x', 404),
  get('/show/7/', 404),
  get('/slashed', 308),
  get('//show//7?q=1', 308),
  get('/rest/a/b%20c/d'),
  get('/name/%C3%BC%2F%25?q=1&q=%E2%82%AC&r=+'),
  get('/name/%FF', 400),
  get('/name/a%00b', 200),
  get('/headers', 200, { 'x-sent': 'yes', cookie: 'a=1; b=%C3%BC; a=2' }),
  get('/teapot', 418),
  get('/refused', 403, { accept: 'text/html' }),
  get('/refused', 403, { accept: 'application/json' }),
  get('/failure', 500),
  get('/missing', 404, { accept: 'text/html' }),
  get('/missing', 404, { accept: 'application/json' }),
  get('/inside/a/b?c=d'),
  get('/static/words.txt'),
  get('/static/words.txt', 206, { range: 'bytes=2-5' }),
  get('/static/words.txt', 416, { range: 'bytes=900-' }),
  get('/static/missing.txt', 404),
  get('/cookies'),
  get('/session'),
  ...['/text', '/json', '/pieces', '/response', '/file', '/static/words.txt'].map(
    (path): CorpusRequest => ({ method: 'HEAD', path, status: path === '/response' ? 203 : 200 }),
  ),
  { method: 'OPTIONS', path: '/thing', status: 204 },
  { method: 'PATCH', path: '/thing', status: 405 },
  { method: 'PUT', path: '/thing', status: 200, body: '' },
  { method: 'DELETE', path: '/thing', status: 200 },
  { method: 'POST', path: '/text', status: 405, body: 'x' },
  post('/read-text', 'text/plain', 'Tëxt'),
  post('/read-text', 'text/plain', ''),
  post('/read-text', 'text/plain', 'x'.repeat(1001), 413),
  post('/read-json', JSON_TYPE, '{"a":[1,2,{"b":null}]}'),
  post('/read-json', JSON_TYPE, '{"a":', 400),
  post('/read-json', JSON_TYPE, '', 400),
  post('/read-json', 'text/plain', '{}', 415),
  post('/read-form', FORM_TYPE, 'a=1&b=%C3%BC&a=2'),
  post('/read-form', MULTIPART_TYPE, '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n', 415),
  post('/read-bytes', 'application/octet-stream', new Uint8Array([0, 255, 128])),
  post('/read-stream', 'application/octet-stream', new Uint8Array(900)),
  post('/read-stream', 'application/octet-stream', new Uint8Array(1001)),
  post('/read-none', 'text/plain', 'nobody reads this'),
]
