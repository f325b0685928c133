import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { coreError } from '../errors/core-errors.ts'
import type { ServeOptions } from './running-server.ts'

/** Where a server listens: an address, or a unix socket. */
export type ListenPlace = { readonly host: string; readonly port: number } | { readonly path: string }

/** Where the options say, or else the configuration. */
export function placeOf({ host, port, socket }: ServeOptions, config: { readonly host: string; readonly port: number }): ListenPlace {
  return socket === undefined ? { host: host ?? config.host, port: port ?? config.port } : { path: socket }
}

/**
 * Lets a server listen. A unix socket that a killed one left behind is taken away first: nobody listens there, and nobody could.
 * @throws MicroError `MICRO_LISTEN`.
 */
export async function listenAt<T>(place: ListenPlace, listen: (place: ListenPlace) => Promise<T>): Promise<T> {
  try {
    return await listen(place)
  } catch (error) {
    if (isTaken(error) && 'path' in place && (await removeStale(place.path))) {
      return listenAt(place, listen)
    }
    throw listenError(place, error)
  }
}

function listenError(place: ListenPlace, cause: unknown): Error {
  const isPath = 'path' in place
  const taken = isPath ? 'something listens there already, or another file has that name' : 'something listens there already'
  const reason = isTaken(cause) ? taken : (cause as Error).message
  return coreError('MICRO_LISTEN', { where: isPath ? place.path : `${place.host}:${place.port}`, reason }, { cause })
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}

/** Takes away a socket that nobody listens at; whether it has. */
async function removeStale(path: string): Promise<boolean> {
  const isSocket = await lstat(path).then(
    (stats) => stats.isSocket(),
    () => false,
  )
  if (!isSocket || !(await isRefused(path))) {
    return false
  }
  await unlink(path)
  return true
}

/** Any other answer, or failure, may be that of somebody who is busy. */
function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
}
