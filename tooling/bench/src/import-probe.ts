/** Imports what it is told, then prints what the process has used until then. */
for (const specifier of process.argv.slice(2)) {
  await import(specifier)
}
const { user, system } = process.cpuUsage()
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000, residentMb: process.memoryUsage.rss() / 2 ** 20 }))
