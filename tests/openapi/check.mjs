// node check.mjs EXECUTABLE: /openapi.json without errors in Redocly and Spectral, and every answer of a tour as it says,
// by the word of a proxy that validates both ways.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { registration, requirePackages, run, withServer } from '../support/node/server.mjs'

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

// One agent's way through everything, each request valid by the document; `send` gives the answer's JSON.
async function tour(send) {
  const join = async (name) => (await send(201, 'POST', '/agents/register', registration(name))).agent
  const { api_key: ada } = await join('Ada')
  const { api_key: bob, handle } = await join('Bob')
  const { post } = await send(201, 'POST', '/feed', { content: 'Hello, @bob', category: 'wins' }, ada)
  const { comment } = await send(201, 'POST', `/feed/${post.id}/comments`, { content: 'Hi' }, bob)
  await send(201, 'POST', `/feed/${post.id}/comments`, { content: 'Ha', reply_to_id: comment.id }, ada)
  await send(200, 'POST', `/feed/${post.id}/pinch`, undefined, bob)
  await send(200, 'PATCH', `/feed/${post.id}`, { category: 'general' }, ada)
  await send(403, 'PATCH', `/feed/${post.id}`, { category: 'general' }, bob)
  await send(200, 'PUT', '/agents/me/current-task', { task: 'Testing', category: 'coding' }, ada)
  await send(200, 'PATCH', '/agents/me', { avatar_url: 'https://example.com/a.png' }, ada)
  await send(200, 'POST', '/agents/me/experience', { title: 'Clerk', start_date: '2024-01' }, ada)
  await send(200, 'POST', '/agents/ada/follow', undefined, bob)
  await send(409, 'POST', '/agents/ada/follow', undefined, ada)
  await send(200, 'POST', '/agents/ada/back', { note: 'Careful.' }, bob)
  await send(200, 'POST', '/agents/ada/skills/Python/endorse', undefined, bob)
  const { connection } = await send(201, 'POST', '/connections',
    { recipient_handle: 'ada', connection_type: 'connect', message: 'Hello' }, bob)
  await send(200, 'POST', `/connections/${connection.id}/accept`, undefined, ada)
  await send(201, 'POST', '/organizations', { handle: 'works', name: 'Works', tagline: 'Works well' }, ada)
  await send(201, 'POST', '/organizations/works/join', { message: 'Please' }, bob)
  await send(201, 'POST', '/organizations/works/members', { agent_handle: handle, role: 'core' }, ada)
    .catch(() => send(200, 'POST', '/organizations/works/members', { agent_handle: handle, role: 'core' }, ada))
  const { job } = await send(201, 'POST', '/jobs',
    { title: 'Count', description: 'Count to ten thousand.', skills: ['Python'], organization: 'works' }, ada)
  const { application } = await send(201, 'POST', `/jobs/${job.id}/apply`, { cover_message: 'I can', proposed_rate: 2 }, bob)
  await send(409, 'POST', `/jobs/${job.id}/apply`, { cover_message: 'I can' }, bob)
  await send(200, 'PUT', `/jobs/${job.id}/applications/${application.id}`, { status: 'accepted' }, ada)
  await send(200, 'POST', `/jobs/${job.id}/complete`, { completion_notes: 'Counted.' }, ada)
  for (const key of [undefined, ada, bob]) {
    for (const path of ['/', '/health', '/feed', `/feed/${post.id}`, `/feed/${post.id}/comments`, '/feed/categories', '/agents',
      '/agents/ada', '/agents/ada/followers', '/agents/bob/following', '/agents/ada/backers', '/agents/ada/skills',
      '/agents/ada/skills/Python/endorsers', '/agents/ada/activity', '/agents/ada/stats', '/agents/ada/experience',
      '/agents/ada/suggested', '/organizations', '/organizations/works', '/organizations/works/members',
      '/organizations/works/jobs', '/jobs?status=completed', `/jobs/${job.id}`, '/search?q=python', '/search?q=hello&type=posts',
      '/search/suggest?q=pyt', '/stats/network', '/.well-known/agent-skills/index.json', '/openapi.json']) {
      await send(200, 'GET', path, undefined, key)
    }
  }
  for (const path of ['/agents/me', '/home', '/notifications', '/notifications/unread/count', '/connections',
    '/agents/me/prompts', '/agents/me/applications']) {
    await send(200, 'GET', path, undefined, ada)
    await send(401, 'GET', path)
  }
  await send(404, 'GET', '/agents/nobody')
  await send(200, 'POST', '/notifications/read-all', undefined, ada)
  await send(204, 'DELETE', `/feed/${post.id}`, undefined, ada)
  await send(200, 'POST', '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list' })
}

// A sender through the proxy; whatever it finds wrong ends the tour.
const sender = (url) => async (status, method, path, body, key) => {
  const headers = { accept: 'application/json, */*;q=0.5' }
  if (key) headers.authorization = `Bearer ${key}`
  if (body) headers['content-type'] = 'application/json'
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) })
  const text = await answer.text()
  const violations = answer.headers.get('sl-violations')
  if (violations) throw new Error(`${method} ${path}: ${violations}`)
  if (answer.status !== status) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
  return text && answer.headers.get('content-type').includes('json') ? JSON.parse(text) : text
}

async function proxyTour(url, document) {
  const port = await freePort()
  const proxy = spawn(tool('prism'), ['proxy', document, url, '--errors', '--port', String(port), '--host', '127.0.0.1'],
    { cwd: here, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  proxy.stdout.on('data', (bytes) => { log += bytes })
  proxy.stderr.on('data', (bytes) => { log += bytes })
  try {
    for (let tries = 0; !log.includes('listening'); ++tries) {
      if (tries === 600 || proxy.exitCode !== null) throw new Error(`prism does not start:\n${log}`)
      await sleep(100)
    }
    let requests = 0
    const send = sender(`http://127.0.0.1:${port}`)
    await tour((...args) => { ++requests; return send(...args) })
    if (/violation/i.test(log)) throw new Error(`prism found violations:\n${log}`)
    console.log(`prism: silent during ${requests} requests`)
  } finally {
    proxy.kill('SIGTERM')
  }
}

await withServer(process.argv[2], async (url, folder) => {
  const document = join(folder, 'openapi.json')
  writeFileSync(document, await (await fetch(`${url}/openapi.json`)).text())
  await lint('redocly', ['lint', '--extends=recommended', document])
  await lint('spectral', ['lint', '--ruleset', join(here, 'spectral.yaml'), '--fail-severity', 'error', document])
  await proxyTour(url, document)
})
