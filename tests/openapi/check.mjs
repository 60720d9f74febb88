// node check.mjs EXECUTABLE: /openapi.json without errors in Redocly and Spectral, and every answer of a tour through
// every route as it says, by the word of a proxy that validates both ways.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { requirePackages, run, withServer } from '../support/node/server.mjs'
import { tour } from './tour.mjs'

const here = dirname(fileURLToPath(import.meta.url))
requirePackages(here)
const tool = (name) => join(here, 'node_modules', '.bin', name)
const quiet = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }

async function lint(name, args) {
  const { status, output } = await run(tool(name), args, { cwd: here, env: quiet })
  if (status !== 0) throw new Error(`${name}:\n${output}`)
  console.log(`${name}: no errors`)
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

// The operations of the document, each with a pattern for its paths; those with fewer parameters first.
function operations(document) {
  const all = []
  for (const [path, methods] of Object.entries(document.paths)) {
    const pattern = new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+').replaceAll('.', '\\.')}$`)
    for (const method of Object.keys(methods)) {
      all.push({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), pattern, parameters: path.split('{').length })
    }
  }
  return all.sort((a, b) => a.parameters - b.parameters)
}

// A sender through the proxy; whatever that finds wrong ends the tour.
const sender = (url, seen) => async (status, method, path, body, key, headers = {}, wantsHeaders = false) => {
  seen(method, path)
  const all = { accept: 'application/json, */*;q=0.5', ...headers }
  if (key) all.authorization = `Bearer ${key}`
  if (body && !all['content-type']) all['content-type'] = 'application/json'
  const answer = await fetch(url + path, { method, headers: all, body: body && JSON.stringify(body) })
  const text = await answer.text()
  const violations = answer.headers.get('sl-violations')
  if (violations) throw new Error(`${method} ${path}: ${violations}`)
  if (answer.status !== status) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
  if (text.includes('stoplight.io')) throw new Error(`${method} ${path} was answered by the proxy: ${text}`)
  if (wantsHeaders) return Object.fromEntries(answer.headers)
  return text && answer.headers.get('content-type').includes('json') ? JSON.parse(text) : text
}

async function proxyTour(url, file) {
  const port = await freePort()
  const proxy = spawn(tool('prism'), ['proxy', file, url, '--errors', '--port', String(port), '--host', '127.0.0.1'],
    { cwd: here, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  proxy.stdout.on('data', (bytes) => { log += bytes })
  proxy.stderr.on('data', (bytes) => { log += bytes })
  try {
    for (let tries = 0; !log.includes('listening'); ++tries) {
      if (tries === 1200 || proxy.exitCode !== null) throw new Error(`prism does not start:\n${log}`)
      await sleep(100)
    }
    const all = operations(JSON.parse(readFileSync(file, 'utf8')))
    const missed = new Set(all.map(({ name }) => name))
    let requests = 0
    await tour(sender(`http://127.0.0.1:${port}`, (method, path) => {
      ++requests
      const bare = path.split('?')[0]
      missed.delete(all.find((one) => one.method === method && one.pattern.test(bare))?.name)
    }))
    for (const name of missed) {
      // A proxy never sees the end of a stream; an operator's own routes are none of an agent's.
      if (!name.endsWith('/stream') && !name.includes(' /console')) throw new Error(`the tour misses ${name}`)
    }
    if (/violation/i.test(log)) throw new Error(`prism found violations:\n${log}`)
    console.log(`prism: silent during ${requests} requests to ${all.length - missed.size} of ${all.length} operations`)
  } finally {
    proxy.kill('SIGTERM')
  }
}

await withServer(process.argv[2], async (url, folder) => {
  const file = join(folder, 'openapi.json')
  writeFileSync(file, await (await fetch(`${url}/openapi.json`)).text())
  await lint('redocly', ['lint', '--extends=recommended', file])
  await lint('spectral', ['lint', '--ruleset', join(here, 'spectral.yaml'), '--fail-severity', 'error', file])
  await proxyTour(url, file)
}, ['--rate-limit', 'endorse=4/hour'])
