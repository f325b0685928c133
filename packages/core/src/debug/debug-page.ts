/** The page that development shows for an error: no script of its own, nothing loaded from elsewhere, light or dark as the reader has it. */

import { reasonOf } from '../http/status.ts'
import { escapeHtml as text } from '../templates/html.ts'
import type { DebugFrame } from './debug-frames.ts'
import type { DebugError, DebugPair, DebugReport } from './debug-report.ts'
import { DEBUG_STYLE } from './debug-style.ts'

/** The page. `script` is put at its end as it is. */
export function debugPage(report: DebugReport, script = ''): string {
  const { error, request, config, owner, status } = report
  const tags = [error.code, owner === undefined ? undefined : `in ${owner}`].filter((tag) => tag !== undefined)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(`${error.name}: ${error.message.slice(0, 80)}`)}</title>
<style>${DEBUG_STYLE}</style>
<header>
<p class="line"><b>${status}</b> ${reasonOf(status)}${request === undefined ? '' : ` <code>${text(`${request.method} ${request.url}`)}</code>`}</p>
<h1><small>${text(error.name)}</small>${text(error.message)}</h1>
${tags.length === 0 ? '' : `<p class="tags">${tags.map((tag) => `<span>${text(tag)}</span>`).join(' ')}</p>\n`}${fixOf(error)}</header>
<main>
<section aria-label="Where it happened">${stackOf(error)}</section>
${below(error)}${request === undefined ? '' : requestOf(request)}${config === undefined ? '' : configOf(config)}</main>
<footer>${text(report.versions)} · ${text(report.mode)} · shown in development, to clients on this machine</footer>
${script}</html>
`
}

function fixOf({ fix }: DebugError): string {
  // Several lines show the source of a template.
  const element = fix?.includes('\n') ? 'pre' : 'p'
  return fix === undefined ? '' : `<${element} class="fix">${text(fix)}</${element}>\n`
}

/** Causes and gathered errors, one below the other. */
function below({ cause, errors = [] }: DebugError): string {
  const one = (error: DebugError, title: string): string => `<section>
<h2><small>${title}</small>${text(error.name)}: ${text(error.message)}${error.code === undefined ? '' : ` <code>${text(error.code)}</code>`}</h2>
${fixOf(error)}${stackOf(error)}</section>
${below(error)}`
  return (
    errors.map((error, index) => one(error, `Error ${index + 1} of ${errors.length}`)).join('') +
    (cause === undefined ? '' : one(cause, 'Caused by'))
  )
}

/** The frames: the app's own with their source, those of others folded together. */
function stackOf({ frames }: DebugError): string {
  const first =
    frames.find(({ owner, source }) => owner === 'app' && source !== undefined) ?? frames.find(({ source }) => source !== undefined)
  const parts: string[] = []
  for (let index = 0; index < frames.length; ) {
    const frame = frames[index] as DebugFrame
    if (frame.owner === 'app' || frame === first) {
      parts.push(frameOf(frame, frame === first))
      index++
      continue
    }
    const end = frames.findIndex((other, at) => at > index && (other.owner === 'app' || other === first))
    const others = frames.slice(index, end < 0 ? frames.length : end)
    index += others.length
    const items = others.map((other) => `<li>${nameOf(other)}`).join('\n')
    parts.push(
      `<details class="others"><summary>${others.length} ${others.length === 1 ? 'frame' : 'frames'} of ${whose(others)}</summary><ul>\n${items}\n</ul></details>`,
    )
  }
  return parts.join('\n')
}

function frameOf(frame: DebugFrame, isOpen: boolean): string {
  const { source, line, file } = frame
  if (source === undefined) {
    return `<p class="frame">${nameOf(frame)}</p>`
  }
  const lines = source.lines.map((code, index) => {
    const number = source.from + index
    const tag = number === line ? 'mark' : 'span'
    return `<${tag}><i>${number}</i>${text(code)}\n</${tag}>`
  })
  const label = text(`${file} around line ${line}`)
  return `<details class="frame"${isOpen ? ' open' : ''}><summary>${nameOf(frame)}</summary>
<pre tabindex="0" role="region" aria-label="${label}">${lines.join('')}</pre></details>`
}

function nameOf({ call, file, line, column }: DebugFrame): string {
  return `<code>${text(file)}:${line}${column === 0 ? '' : `:${column}`}</code>${call === '' ? '' : ` <span>${text(call)}</span>`}`
}

function whose(frames: readonly DebugFrame[]): string {
  const names = frames.map(({ file, owner }) => (owner === 'node' ? 'Node' : (/^(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file)))
  return text([...new Set(names)].join(' and '))
}

function requestOf(request: NonNullable<DebugReport['request']>): string {
  const first: DebugPair[] = [['id', request.id], ...(request.route === undefined ? [] : [['route', request.route] as const])]
  return `<section>
<h2>Request</h2>
${tableOf('', first)}${tableOf('Params', request.params)}${tableOf('Query', request.query)}${tableOf('Headers', request.headers)}${tableOf('Cookies', request.cookies)}</section>
`
}

function tableOf(title: string, pairs: readonly DebugPair[]): string {
  if (pairs.length === 0) {
    return ''
  }
  const rows = pairs.map(([name, value]) => `<tr><th scope="row">${text(name)}<td>${text(value)}`).join('\n')
  return `${title === '' ? '' : `<h3>${title}</h3>\n`}<table>\n${rows}\n</table>\n`
}

/** What was given first; what is as core or an extension has it stays folded. */
function configOf(config: NonNullable<DebugReport['config']>): string {
  const rows = (entries: typeof config): string =>
    entries
      .map(
        ({ key, value, source }) =>
          `<tr><th scope="row">${text(key)}<td>${text(value === undefined ? '–' : JSON.stringify(value))}<td>${text(source)}`,
      )
      .join('\n')
  const given = config.filter(({ source }) => source !== 'default')
  const defaults = config.filter(({ source }) => source === 'default')
  return `<section>
<h2>Configuration</h2>
${given.length === 0 ? '' : `<table>\n${rows(given)}\n</table>\n`}<details class="others"><summary>${defaults.length} by default</summary><table>
${rows(defaults)}
</table></details>
</section>
`
}
