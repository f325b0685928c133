/**
 * Opens files to send. Only opening and reading wait for a thread: by then the system has the file's metadata in memory, so asking for
 * it and closing cost a microsecond or two, a tenth of a hop to a thread and back.
 */
import { coreError } from '../errors/core-errors.ts'
import { HttpError } from '../http/http-error.ts'

/** Node's file system. */
export type FileSystem = typeof import('node:fs')

/** One version of a regular file. */
export interface FileVersion {
  readonly path: string
  readonly size: number
  /** When it was last changed, in milliseconds with fractions. */
  readonly modifiedMs: number
  readonly device: number
  readonly inode: number
}

/** A regular file that is open for reading. Whoever has it closes `fd`. */
export interface OpenFile extends FileVersion {
  readonly fd: number
}

// No file on the web is older. Packages unpack with a constant time instead of the real one (npm with one of 1985, zip with 1980, Nix
// with 1970), under which another version of the same size would look the same: the time they were put here says more.
const OLDEST_MS = Date.UTC(1990)

const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO', 'ERR_INVALID_ARG_VALUE'])

/** The file system of this runtime. @throws MicroError `MICRO_NO_FILES` where there is none; `what` says for what it is needed. */
export function fileSystem(what: string): FileSystem {
  const fs = globalThis.process?.getBuiltinModule?.('node:fs')
  if (fs === undefined) {
    throw coreError('MICRO_NO_FILES', { what })
  }
  return fs
}

/**
 * Opens a regular file. Otherwise `directory`, or `absent` where nothing of that name can be sent.
 * @throws HttpError 404 with the system's error as its cause where reading is not permitted.
 */
export async function openFile(fs: FileSystem, path: string): Promise<OpenFile | 'absent' | 'directory'> {
  let fd: number
  try {
    fd = await open(fs, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') {
      return 'directory'
    }
    if (ABSENT.has(code)) {
      return 'absent'
    }
    throw code === 'EACCES' || code === 'EPERM' ? new HttpError(404, undefined, { cause: error }) : error
  }
  try {
    const stats = fs.fstatSync(fd)
    if (stats.isFile()) {
      return { fd, ...versionOf(path, stats) }
    }
    fs.closeSync(fd)
    return stats.isDirectory() ? 'directory' : 'absent'
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
}

/** Opens the very version of a file that was open before. @throws HttpError 503 where it has been changed or replaced since. */
export async function reopenFile(fs: FileSystem, version: FileVersion): Promise<number> {
  const file = await openFile(fs, version.path)
  if (typeof file === 'string') {
    throw changed(version.path)
  }
  const isSame = file.device === version.device && file.inode === version.inode
  if (!isSame || file.size !== version.size || file.modifiedMs !== version.modifiedMs) {
    fs.closeSync(file.fd)
    throw changed(version.path)
  }
  return file.fd
}

/** Bytes of an open file. @throws HttpError 503 where it has become shorter. */
export async function readBytes(fs: FileSystem, fd: number, path: string, start: number, length: number): Promise<Uint8Array> {
  // Not filled with zeros, which would cost as much as the reading: it is given on only when all of it has been read.
  const bytes = Buffer.allocUnsafeSlow(length)
  let done = 0
  while (done < length) {
    const count = await read(fs, fd, bytes, done, start + done)
    if (count === 0) {
      throw changed(path)
    }
    done += count
  }
  return bytes
}

/** Not blocking, so that opening a pipe does not wait for a writer; on regular files that has no effect. Absent on Windows. */
function open(fs: FileSystem, path: string): Promise<number> {
  const flags = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0)
  return new Promise((resolve, reject) => {
    fs.open(path, flags, (error, fd) => (error === null ? resolve(fd) : reject(error)))
  })
}

function read(fs: FileSystem, fd: number, bytes: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, bytes, offset, bytes.length - offset, position, (error, count) => (error === null ? resolve(count) : reject(error)))
  })
}

function versionOf(path: string, stats: import('node:fs').Stats): FileVersion {
  const modifiedMs = stats.mtimeMs < OLDEST_MS ? stats.ctimeMs : stats.mtimeMs
  return { path, size: stats.size, modifiedMs, device: stats.dev, inode: stats.ino }
}

function changed(path: string): HttpError {
  return new HttpError(503, undefined, { cause: new Error(`${path} was changed while it was being sent`), headers: { 'Retry-After': '1' } })
}
