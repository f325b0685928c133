import { coreError } from '../errors/core-errors.ts'

/** Reason phrases by status (RFC 9110 section 15, RFC 6585, RFC 7725). */
const REASONS: { readonly [status: number]: string } = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
}

/** The reason phrase of a status, or its class for one that is not registered. */
export function reasonOf(status: number): string {
  return REASONS[status] ?? (status >= 500 ? 'Server Error' : status >= 400 ? 'Client Error' : 'Unknown')
}

/** Whether a reply of this status never has a body (RFC 9110 sections 6.4.1 and 15.3.6). */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 304 || status === 205 || status < 200
}

/** The status, if it is one of a final reply. @throws MicroError `MICRO_STATUS_INVALID`. */
export function checkStatus(status: number): number {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw coreError('MICRO_STATUS_INVALID', { status: statusInWords(status) })
  }
  return status
}

/** What was given for a status and is none: a text of digits looks like a number. */
export function statusInWords(status: unknown): string {
  if (typeof status === 'number' || status === undefined || status === null) {
    return String(status)
  }
  if (typeof status === 'object') {
    return 'An object'
  }
  return typeof status === 'string' ? `The text '${status}'` : `The ${typeof status} ${String(status)}`
}
