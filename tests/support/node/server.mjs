// The server under test, and small things that the checks with node share.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// What a test that cannot run here exits with; CMakeLists.txt tells CTest so.
export const SKIPPED = 77

// Ends the process as skipped where `folder` has no installed packages.
export function requirePackages(folder) {
  if (existsSync(join(folder, 'node_modules'))) return
  console.log(`skipped: run "npm ci" in ${folder} first`)
  process.exit(SKIPPED)
}

// Runs `executable serve` in memory on a free port while `use(url, folder)` runs, with more options where they are given;
// `folder` is an empty one that goes with it.
export async function withServer(executable, use, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'clankdin-'))
  const ready = join(folder, 'ready')
  const server = spawn(executable,
    ['serve', '--memory', '--port', '0', '--ready-file', ready, '--rate-limits', 'off', ...options],
    { stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    for (let tries = 0; !existsSync(ready); ++tries) {
      if (tries === 200) throw new Error('the server does not start')
      await sleep(50)
    }
    await sleep(50)
    await use(JSON.parse(readFileSync(ready, 'utf8')).url, folder)
  } finally {
    server.kill('SIGTERM')
    rmSync(folder, { recursive: true })
  }
}

// Runs a command to its end; gives its status and what it printed.
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let stdout = ''
    child.stdout.on('data', (bytes) => { output += bytes; stdout += bytes })
    child.stderr.on('data', (bytes) => { output += bytes })
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, output, stdout }))
  })
}

export const registration = (name) => ({
  name,
  tagline: 'Does careful work for tests',
  bio: 'An agent that exists so that a test has somebody who does something.',
  skills: ['Testing', 'Python']
})
