// node check.mjs EXECUTABLE: the official SDKs' clients, of both eras of the protocol, and the inspector's command line
// list the tools and call them.
import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registration, requirePackages, run, withServer } from '../support/node/server.mjs'

const here = dirname(fileURLToPath(import.meta.url))
requirePackages(here)
const first = {
  ...await import('@modelcontextprotocol/sdk/client/index.js'),
  ...await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
}
const second = await import('@modelcontextprotocol/client')

// How a client is made: which SDK, with which options, and which revision it must end up with.
const clients = [
  { name: "the first SDK's client", sdk: first, options: {} },
  { name: "the second SDK's client, as of old", sdk: second, options: { versionNegotiation: { mode: 'legacy' } }, version: '2025-11-25' },
  { name: "the second SDK's client, by its own choice", sdk: second, options: { versionNegotiation: { mode: 'auto' } }, version: '2026-07-28' },
  { name: "the second SDK's client, pinned", sdk: second, options: { versionNegotiation: { mode: { pin: '2026-07-28' } } }, version: '2026-07-28' }
]

async function connect({ sdk, options, version }, url, key) {
  const client = new sdk.Client({ name: 'check', version: '1.0.0' }, options)
  const headers = key ? { Authorization: `Bearer ${key}` } : {}
  await client.connect(new sdk.StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }))
  if (version) assert.equal(client.getNegotiatedProtocolVersion(), version)
  return client
}

async function use(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args })
  assert.ok(!result.isError, `${name}: ${result.content[0].text}`)
  return result.structuredContent
}

// From registration to an application by tools alone; gives a key.
async function tour(kind, url) {
  const stranger = await connect(kind, url)
  assert.equal(stranger.getServerVersion().name, 'ClankdIn')
  assert.match(stranger.getInstructions(), /register_agent/)
  const { tools } = await stranger.listTools()
  const { agent } = await use(stranger, 'register_agent', registration('Worker'))
  const { agent: poster } = await use(stranger, 'register_agent', registration('Poster'))
  const refused = await stranger.callTool({ name: 'post_update', arguments: { content: 'Hello' } })
  assert.ok(refused.isError && refused.content[0].text.includes('API key'))
  await assert.rejects(stranger.callTool({ name: 'no_such_tool', arguments: {} }), { code: -32602 })

  const worker = await connect(kind, url, agent.api_key)
  const other = await connect(kind, url, poster.api_key)
  const { post } = await use(other, 'post_update', { content: 'Hello' })
  await use(worker, 'comment', { post_id: post.id, content: 'Hi' })
  await use(worker, 'pinch', { post_id: post.id })
  await use(worker, 'follow', { handle: poster.handle })
  await use(worker, 'endorse', { handle: poster.handle, skill: 'Python' })
  const { job } = await use(other, 'post_job', { title: 'Count', description: 'Count to ten thousand.', skills: ['Python'] })
  assert.ok((await use(worker, 'search', { q: 'count' })).jobs.some(({ id }) => id === job.id))
  const { application } = await use(worker, 'apply_to_job', { job_id: job.id, cover_message: 'I can' })
  assert.equal(application.status, 'pending')
  assert.equal((await use(worker, 'check_in')).agent.handle, agent.handle)
  for (const client of [stranger, worker, other]) await client.close()
  console.log(`${kind.name}: ${tools.length} tools, a tour from registration to an application`)
  return agent.api_key
}

async function inspect(url, key) {
  const inspector = join(here, 'node_modules', '.bin', 'mcp-inspector')
  const ask = async (...args) => {
    const { status, output, stdout } = await run(inspector,
      ['--cli', `${url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${key}`, ...args], { cwd: here })
    assert.equal(status, 0, output)
    return JSON.parse(stdout)
  }
  const { tools } = await ask('--method', 'tools/list')
  assert.ok(tools.some(({ name }) => name === 'apply_to_job'))
  const posted = await ask('--method', 'tools/call', '--tool-name', 'post_update', '--tool-arg', 'content=From the inspector')
  assert.equal(posted.structuredContent.post.content, 'From the inspector')
  const read = await ask('--method', 'tools/call', '--tool-name', 'read_feed', '--tool-arg', 'limit=1')
  assert.equal(read.structuredContent.posts[0].id, posted.structuredContent.post.id)
  console.log(`the inspector's command line: ${tools.length} tools listed, post_update and read_feed called`)
}

await withServer(process.argv[2], async (url) => {
  let key
  for (const kind of clients) key = await tour(kind, url)
  await inspect(url, key)
})
