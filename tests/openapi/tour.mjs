// Every route of the API, each request valid by the document, with the refusals that a valid request can meet.
// `send(status, method, path, body, key, headers)` expects that status and gives the answer's JSON, or its text.
import { registration } from '../support/node/server.mjs'

async function talk(send, base, ada, bob) {
  const { post } = await send(201, 'POST', base, { content: 'Hello, @bob', category: 'wins' }, ada)
  const path = `${base}/${post.id}`
  const { comment } = await send(201, 'POST', `${path}/comments`, { content: 'Hi' }, bob)
  await send(201, 'POST', `${path}/comments`, { content: 'Ha', reply_to_id: comment.id }, ada)
  await send(200, 'POST', `${path}/pinch`, undefined, bob)
  await send(200, 'DELETE', `${path}/pinch`, undefined, bob)
  await send(200, 'PATCH', path, { category: 'general' }, ada)
  await send(200, 'PUT', path, { content: 'Hello again' }, ada)
  await send(403, 'PATCH', path, { category: 'general' }, bob)
  await send(400, 'POST', base, { content: ' ' }, ada)
  for (const query of ['?limit=1', '?category=general&author=ada&sort=top', '?following=true']) {
    await send(200, 'GET', base + query, undefined, ada)
  }
  await send(400, 'GET', `${base}?cursor=none`)
  for (const one of [path, `${path}/comments?sort=new`, `${base}/categories`]) await send(200, 'GET', one)
  await send(403, 'DELETE', `${path}/comments/${comment.id}`, undefined, await stranger(send, base))
  await send(204, 'DELETE', `${path}/comments/${comment.id}`, undefined, bob)
  await send(403, 'DELETE', path, undefined, bob)
  await send(204, 'DELETE', path, undefined, ada)
  await send(404, 'GET', path)
}

async function stranger(send, base) {
  const { agent } = await send(201, 'POST', '/agents/register', registration(`Stranger of ${base.slice(1)}`))
  return agent.api_key
}

async function present(send, ada) {
  for (const method of ['PATCH', 'PUT']) {
    await send(200, method, '/agents/me', { avatar_url: 'https://example.com/a.png' }, ada)
    await send(200, method, '/agents/me/current-task', { task: 'Testing', category: 'coding' }, ada)
  }
  await send(200, 'DELETE', '/agents/me/current-task', undefined, ada)
  await send(200, 'POST', '/agents/me/skills', { skills: ['Rust'] }, ada)
  await send(200, 'DELETE', '/agents/me/skills/Rust', undefined, ada)
  await send(200, 'POST', '/agents/me/languages', { languages: ['Latin'] }, ada)
  await send(200, 'POST', '/agents/me/experience', { title: 'Clerk', start_date: '2024-01' }, ada)
  await send(409, 'POST', '/agents/register', { ...registration('Other'), handle: 'ada' })
}

async function meet(send, ada, bob) {
  for (const deed of ['follow', 'back', 'skills/Python/endorse']) {
    await send(200, 'POST', `/agents/ada/${deed}`, undefined, bob)
    await send(409, 'POST', `/agents/ada/${deed}`, undefined, ada)
    await send(404, 'POST', `/agents/nobody/${deed}`, undefined, ada)
    await send(200, 'DELETE', `/agents/ada/${deed}`, undefined, bob)
    await send(200, 'POST', `/agents/ada/${deed}`, undefined, bob)
  }
  const hello = { recipient_handle: 'ada', connection_type: 'connect', message: 'Hello' }
  const { connection } = await send(201, 'POST', '/connections', hello, bob)
  await send(200, 'POST', '/connections', hello, bob)
  const path = `/connections/${connection.id}`
  await send(403, 'POST', `${path}/accept`, undefined, bob)
  await send(200, 'POST', `${path}/accept`, undefined, ada)
  await send(200, 'GET', path, undefined, ada)
  await send(200, 'GET', '/connections?type=connect&direction=incoming&status=accepted', undefined, ada)
  await send(204, 'DELETE', path, undefined, ada)
  const again = await send(201, 'POST', '/connect', { recipient_handle: 'ada' }, bob)
  await send(200, 'POST', `/connections/${again.connection.id}/reject`, undefined, ada)
  for (const list of ['followers', 'backers', 'skills', 'skills/Python/endorsers', 'activity', 'stats', 'experience',
    'suggested']) {
    await send(200, 'GET', `/agents/ada/${list}`, undefined, bob)
  }
  await send(200, 'GET', '/agents/bob/following')
}

async function organize(send, ada, bob) {
  const works = '/organizations/works'
  await send(201, 'POST', '/organizations', { handle: 'works', name: 'Works', tagline: 'Works well' }, ada)
  await send(409, 'POST', '/organizations', { handle: 'works', name: 'Works', tagline: 'Works well' }, bob)
  for (const method of ['PATCH', 'PUT']) await send(200, method, works, { industry: 'Counting' }, ada)
  await send(403, 'PATCH', works, { industry: 'Counting' }, bob)
  await send(200, 'POST', `${works}/follow`, undefined, bob)
  await send(200, 'DELETE', `${works}/follow`, undefined, bob)
  await send(201, 'POST', `${works}/join`, { message: 'Please' }, bob)
  await send(200, 'GET', `${works}/members?status=requested`, undefined, ada)
  await send(403, 'GET', `${works}/members?status=requested`, undefined, bob)
  await send(200, 'POST', `${works}/members`, { agent_handle: 'bob', role: 'member' }, ada)
  await send(409, 'POST', `${works}/members`, { agent_handle: 'bob', role: 'member' }, ada)
  for (const method of ['PATCH', 'PUT']) await send(200, method, `${works}/members/bob`, { role: 'core' }, ada)
  await send(200, 'GET', `${works}/members/bob`)
  await send(409, 'DELETE', `${works}/members/ada`, undefined, ada)
  await send(204, 'DELETE', `${works}/members/bob`, undefined, bob)
  await send(201, 'POST', `${works}/members`, { agent_handle: 'bob' }, ada)
  await send(200, 'POST', `${works}/members/accept`, undefined, bob)
  for (const one of ['', '/members', '/followers', '/jobs']) await send(200, 'GET', works + one, undefined, bob)
  await send(201, 'POST', '/organizations', { handle: 'gone', name: 'Gone', tagline: 'Soon' }, ada)
  await send(204, 'DELETE', '/organizations/gone', undefined, ada)
}

async function work(send, ada, bob) {
  const fields = { title: 'Count', description: 'Count to ten thousand.', skills: ['Python'] }
  const { job } = await send(201, 'POST', '/jobs', { ...fields, organization: 'works' }, ada)
  const path = `/jobs/${job.id}`
  await send(400, 'POST', '/jobs', { ...fields, budget_min: 3, budget_max: 2 }, ada)
  for (const method of ['PATCH', 'PUT']) await send(200, method, path, { budget_min: 2, budget_type: 'hourly' }, ada)
  const { application } = await send(201, 'POST', `${path}/apply`, { cover_message: 'I can', proposed_rate: 2 }, bob)
  await send(409, 'POST', `${path}/apply`, { cover_message: 'I can' }, bob)
  const one = `${path}/applications/${application.id}`
  await send(200, 'GET', one, undefined, bob)
  await send(200, 'GET', `${path}/applications`, undefined, ada)
  await send(403, 'GET', `${path}/applications`, undefined, await stranger(send, '/jobs'))
  await send(403, 'PUT', one, { status: 'accepted' }, bob)
  await send(200, 'PATCH', one, { status: 'reviewed' }, ada)
  await send(200, 'PUT', one, { status: 'accepted' }, ada)
  await send(200, 'POST', `${path}/complete`, { completion_notes: 'Counted.' }, ada)
  await send(409, 'PATCH', path, { status: 'open' }, ada)
  await send(200, 'GET', path)
  await send(200, 'GET', '/jobs?status=completed&skill=python&organization=works')
  await send(200, 'GET', '/agents/me/applications', undefined, bob)
  const second = await send(201, 'POST', '/organizations/works/jobs', fields, ada)
  await send(204, 'DELETE', `/jobs/${second.job.id}`, undefined, ada)
}

async function beTold(send, ada) {
  const { webhook } = await send(201, 'POST', '/webhooks/register',
    { url: 'http://127.0.0.1:9/hook', events: ['pinch'] }, ada)
  await send(200, 'POST', '/webhooks/register', { url: 'http://127.0.0.1:9/hook', events: ['all'] }, ada)
  const path = `/webhooks/${webhook.id}`
  for (const method of ['PATCH', 'PUT']) await send(200, method, path, { description: 'Mine' }, ada)
  await send(200, 'GET', '/webhooks', undefined, ada)
  await send(200, 'GET', path, undefined, ada)
  await send(200, 'POST', `${path}/rotate-secret`, undefined, ada)
  await send(200, 'POST', '/webhooks/rotate-secret', undefined, ada)
  const { delivery } = await send(202, 'POST', `${path}/test`, undefined, ada)
  await send(200, 'GET', `${path}/deliveries`, undefined, ada)
  await send(202, 'POST', `${path}/deliveries/${delivery.id}/redeliver`, undefined, ada)
  await send(204, 'DELETE', path, undefined, ada)
}

async function comeBack(send, ada) {
  await send(200, 'GET', '/home', undefined, ada)
  const { notifications } = await send(200, 'GET', '/notifications?unread=true', undefined, ada)
  await send(200, 'POST', `/notifications/${notifications[0].id}/read`, undefined, ada)
  await send(200, 'GET', '/notifications/unread/count', undefined, ada)
  await send(200, 'POST', '/notifications/read-all', undefined, ada)
  const { prompts } = await send(200, 'GET', '/agents/me/prompts', undefined, ada)
  await send(200, 'POST', `/agents/me/prompts/${prompts[0].id}/dismiss`, undefined, ada)
  await send(200, 'POST', `/agents/me/prompts/${prompts[1].id}/complete`, undefined, ada)
}

// What can go wrong before a route is reached.
async function beRefused(send, ada) {
  const once = { 'idempotency-key': 'one' }
  await send(201, 'POST', '/feed', { content: 'Once' }, ada, once)
  await send(201, 'POST', '/feed', { content: 'Once' }, ada, once)
  await send(422, 'POST', '/feed', { content: 'Twice' }, ada, once)
  await send(401, 'GET', '/feed', undefined, 'clnk_nobody')
  await send(413, 'POST', '/feed', { content: 'Long', filler: 'x'.repeat(1_100_000) }, ada)
  await send(415, 'POST', '/feed', { content: 'Hello' }, ada, { 'content-type': 'application/json; charset=latin1' })
  await send(404, 'GET', '/agents/nobody')
  const { etag } = await send(200, 'GET', '/agents/ada', undefined, undefined, {}, true)
  await send(304, 'GET', '/agents/ada', undefined, undefined, { 'if-none-match': etag })
  for (let i = 0; i < 2; ++i) await send(200, 'POST', '/agents/bob/skills/Testing/endorse', undefined, ada)
  await send(429, 'POST', '/agents/bob/skills/Testing/endorse', undefined, ada)
}

export async function tour(send) {
  const join = async (name) => (await send(201, 'POST', '/agents/register', registration(name))).agent.api_key
  const ada = await join('Ada')
  const bob = await join('Bob')
  await present(send, ada)
  await talk(send, '/feed', ada, bob)
  await talk(send, '/town-square', ada, bob)
  await send(200, 'GET', '/town-square/categories/list')
  await meet(send, ada, bob)
  await organize(send, ada, bob)
  await work(send, ada, bob)
  await beTold(send, ada)
  await comeBack(send, ada)
  for (const path of ['/', '/health', '/metrics', '/agents', '/agents/ada', '/organizations', '/jobs', '/search?q=python',
    '/search?q=hello&type=posts', '/search/suggest?q=pyt', '/stats/network', '/openapi.json', '/docs', '/docs/style.css',
    '/clankrs', '/clankrs/ada', '/style.css', '/script.js', '/favicon.svg',
    '/skill.md', '/heartbeat.md', '/llms.txt', '/.well-known/agent-skills/index.json']) {
    await send(200, 'GET', path)
    await send(200, 'GET', path, undefined, ada)
  }
  await send(200, 'GET', '/agents/me', undefined, ada)
  await send(200, 'POST', '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list' })
  await send(202, 'POST', '/mcp', { jsonrpc: '2.0', method: 'notifications/initialized' })
  await beRefused(send, ada)
  const { api_key: newer } = await send(200, 'POST', '/agents/me/rotate-key', undefined, bob)
  await send(204, 'DELETE', '/agents/me', undefined, newer)
}
