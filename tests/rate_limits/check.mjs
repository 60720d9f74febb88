// node check.mjs EXECUTABLE: RateLimit and RateLimit-Policy are what a parser of structured fields (RFC 9651) reads, and
// what they say is so.
import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registration, requirePackages, withServer } from '../support/node/server.mjs'

requirePackages(dirname(fileURLToPath(import.meta.url)))
const { parseList } = await import('structured-headers')

// A list of one string with whole numbers as its parameters: the name, and the numbers.
function item(answer, header, names) {
  const list = parseList(answer.headers.get(header))
  assert.equal(list.length, 1, header)
  const [name, parameters] = list[0]
  assert.equal(typeof name, 'string', header)
  assert.deepEqual([...parameters.keys()], names, header)
  for (const value of parameters.values()) assert.ok(Number.isInteger(value) && value >= 0, header)
  return { name, ...Object.fromEntries(parameters) }
}

// What an answer says of its tightest bucket, by all of its headers, which must agree.
function limits(answer) {
  const policy = item(answer, 'RateLimit-Policy', ['q', 'w'])
  const state = item(answer, 'RateLimit', ['r', 't'])
  assert.equal(policy.name, state.name)
  assert.equal(answer.headers.get('X-RateLimit-Limit'), String(policy.q))
  assert.equal(answer.headers.get('X-RateLimit-Remaining'), String(state.r))
  assert.equal(answer.headers.get('X-RateLimit-Reset'), String(state.t))
  return { ...policy, ...state }
}

async function check(url) {
  const send = (path, key, body) => fetch(url + path, {
    method: body ? 'POST' : 'GET',
    headers: key ? { Authorization: `Bearer ${key}` } : {},
    body: body && JSON.stringify(body)
  })

  const { r: before, ...reading } = limits(await send('/feed'))
  assert.deepEqual(reading, { name: 'keyless', q: 30, w: 3600, t: 120 })
  assert.equal(before, 29)
  assert.equal(limits(await send('/feed')).r, 28)
  assert.equal((await send('/health')).headers.get('RateLimit'), null)

  const registered = await send('/agents/register', undefined, registration('Ada'))
  assert.equal(registered.status, 201)
  const joining = limits(registered)
  assert.equal(joining.name, 'registration')
  assert.deepEqual([joining.q, joining.w, joining.r], [2, 3600, 1])
  const { api_key: key } = (await registered.json()).agent
  assert.equal(limits(await send('/feed', key)).name, 'keyed')

  assert.equal((await send('/agents/register', undefined, registration('Bob'))).status, 201)
  const refused = await send('/agents/register', undefined, registration('Eve'))
  assert.equal(refused.status, 429)
  const spent = limits(refused)
  assert.equal(spent.r, 0)
  assert.equal(refused.headers.get('Retry-After'), String(spent.t))
  assert.ok(spent.t > 0 && spent.t <= 1800)
}

const quotas = ['keyless=30/hour', 'keyed=100/hour', 'registration=2/hour']
await withServer(process.argv[2], check, quotas.flatMap((quota) => ['--rate-limit', quota]))
console.log('structured-headers: every rate limit header is well-formed and true')
