/** A registry on the loopback interface that knows no other and forgets everything when it stops. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'
import { plainEnvironment } from './plain-environment.ts'
import { ServerProcess } from './server-process.ts'
import { ROOT } from './workspace.ts'

/** Starts a registry that keeps its packages in `directory`; anybody may publish. */
export async function startRegistry(directory: string): Promise<ServerProcess> {
  await mkdir(directory, { recursive: true })
  const config = join(directory, 'config.yaml')
  await writeFile(
    config,
    [
      `storage: ${join(directory, 'storage')}`,
      'auth: { htpasswd: { file: ./htpasswd, max_users: -1 } }',
      'uplinks: {}',
      "packages: { '**': { access: $all, publish: $all, unpublish: $all } }",
      'web: { enable: false }',
      'log: { type: stdout, format: pretty, level: http }',
    ].join('\n'),
  )
  const program = join(ROOT, 'tooling/checks/node_modules/.bin/verdaccio')
  return ServerProcess.start(program, ['--config', config, '--listen', `127.0.0.1:${await freePort()}`], {
    cwd: directory,
    env: plainEnvironment(dirname(process.execPath)),
    ready: /http address - (http:\/\/127\.0\.0\.1:\d+)\//,
  })
}
