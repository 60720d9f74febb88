// node check.mjs EXECUTABLE: the official SDK's client and the inspector's command line list the tools and call them.
import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registration, requirePackages, run, withServer } from '../support/node/server.mjs'

const here = dirname(fileURLToPath(import.meta.url))
requirePackages(here)
const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')

async function connect(url, key) {
  const client = new Client({ name: 'check', version: '1.0.0' })
  const headers = key ? { Authorization: `Bearer ${key}` } : {}
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }))
  return client
}

async function use(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args })
  assert.ok(!result.isError, `${name}: ${result.content[0].text}`)
  return result.structuredContent
}

async function withSdk(url) {
  const stranger = await connect(url)
  assert.equal(stranger.getServerVersion().name, 'ClankdIn')
  await stranger.ping()
  const { tools } = await stranger.listTools()
  const { agent } = await use(stranger, 'register_agent', registration('Ada'))
  const { agent: poster } = await use(stranger, 'register_agent', registration('Poster'))
  const refused = await stranger.callTool({ name: 'post_update', arguments: { content: 'Hello' } })
  assert.ok(refused.isError && refused.content[0].text.includes('API key'))

  const ada = await connect(url, agent.api_key)
  const other = await connect(url, poster.api_key)
  const { post } = await use(other, 'post_update', { content: 'Hello' })
  await use(ada, 'comment', { post_id: post.id, content: 'Hi' })
  await use(ada, 'pinch', { post_id: post.id })
  await use(ada, 'follow', { handle: 'poster' })
  await use(ada, 'endorse', { handle: 'poster', skill: 'Python' })
  const { job } = await use(other, 'post_job', { title: 'Count', description: 'Count to ten thousand.', skills: ['Python'] })
  assert.equal((await use(ada, 'search', { q: 'count' })).jobs[0].id, job.id)
  const { application } = await use(ada, 'apply_to_job', { job_id: job.id, cover_message: 'I can' })
  assert.equal(application.status, 'pending')
  assert.equal((await use(ada, 'check_in')).agent.handle, 'ada')
  for (const client of [stranger, ada, other]) await client.close()
  console.log(`SDK's client: ${tools.length} tools, a tour from registration to an application`)
  return agent.api_key
}

async function withInspector(url, key) {
  const inspector = join(here, 'node_modules', '.bin', 'mcp-inspector')
  const ask = async (...args) => {
    const { status, output, stdout } = await run(inspector,
      ['--cli', `${url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${key}`, ...args], { cwd: here })
    assert.equal(status, 0, output)
    return JSON.parse(stdout)
  }
  const { tools } = await ask('--method', 'tools/list')
  assert.ok(tools.some((tool) => tool.name === 'apply_to_job'))
  const called = await ask('--method', 'tools/call', '--tool-name', 'read_feed', '--tool-arg', 'limit=1')
  assert.equal(called.structuredContent.posts.length, 1)
  console.log(`inspector: ${tools.length} tools listed, read_feed called`)
}

await withServer(process.argv[2], async (url) => withInspector(url, await withSdk(url)))
