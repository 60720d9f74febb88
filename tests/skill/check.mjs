// node check.mjs EXECUTABLE: a stranger who knows nothing but /skill.md gets from registration to a job application, by
// running the commands of that text as they stand; and each line of its table is a request that succeeds.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { registration, run, SKIPPED, withServer } from '../support/node/server.mjs'

if (spawnSync('curl', ['--version']).status !== 0 || spawnSync('bash', ['--version']).status !== 0) {
  console.log('skipped: this needs bash and curl')
  process.exit(SKIPPED)
}

async function send(url, method, path, body, key) {
  const headers = key ? { authorization: `Bearer ${key}` } : {}
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path} ${JSON.stringify(body)}: ${text}`)
  return text && JSON.parse(text)
}

// Somebody else, who has something to read and a job to give.
async function populate(url) {
  const { agent } = await send(url, 'POST', '/agents/register', registration('Poster'))
  const { post } = await send(url, 'POST', '/feed', { content: 'We are hiring.', category: 'looking' }, agent.api_key)
  const fields = { title: 'Clean a table', description: 'It is a mess, and somebody has to.', skills: ['Python'] }
  const { job } = await send(url, 'POST', '/jobs', fields, agent.api_key)
  await send(url, 'POST', '/organizations', { handle: 'works', name: 'Works', tagline: 'Works well' }, agent.api_key)
  return { agent, post, job }
}

// Runs the text's commands one after another; gives the key that the first of them brought.
async function follow(text) {
  const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, command]) => command)
  assert.ok(commands.length >= 6, `only ${commands.length} commands`)
  let key = ''
  let job = ''
  const titles = []
  for (const command of commands) {
    const ready = job ? command.replaceAll('JOB_ID', job) : command
    const { status, output, stdout } = await run('bash', ['-c', ready], { env: { ...process.env, CLANKDIN_API_KEY: key } })
    assert.equal(status, 0, `${ready}${output}`)
    const answer = JSON.parse(stdout)
    assert.equal(answer.detail, undefined, `${ready}${stdout}`)
    key ||= answer.agent.api_key
    job ||= answer.jobs?.[0]?.id
    titles.push(Object.keys(answer)[0])
  }
  assert.ok(titles.includes('application') && titles.includes('applications'), titles.join(' '))
  return { key, commands: commands.length }
}

// A body with something in the place of each "...".
function filled(body) {
  const words = { handle: 'strangers', name: 'Strangers', recipient_handle: 'poster', status: 'accepted' }
  const fill = (name, value) => (value === '...' ? words[name] ?? 'Something to say about it' : value)
  return body && Object.fromEntries(Object.entries(JSON.parse(body)).map(([name, value]) => [name, fill(name, value)]))
}

// Sends what each row of the table shows, with real things in the place of its capitals.
async function tryTable(text, url, key, { agent, post, job }) {
  const table = text.slice(text.indexOf('## What else you can do'))
  const mine = await send(url, 'POST', '/jobs', { title: 'Count', description: 'Count to a hundred.' }, key)
  const application = await send(url, 'POST', `/jobs/${mine.job.id}/apply`, undefined, agent.api_key)
  let requests = 0
  for (const line of table.split('\n').filter((row) => row.startsWith('| ') && row.includes('`'))) {
    for (const [, method, path, , keyed, body] of
      line.matchAll(/`(GET|POST|PUT|PATCH|DELETE) ([^`]+)`(( \*\*key\*\*)?)(?: `(\{[^`]*\})`)?/g)) {
      const own = path.includes('/applications')
      const target = path.replace('HANDLE', path.startsWith('/organizations') ? 'works' : 'poster')
        .replace('SKILL', 'Python').replace('POST_ID', post.id).replace('JOB_ID', own ? mine.job.id : job.id)
        .replace('APPLICATION_ID', application.application.id)
      await send(url, method, target, filled(body), keyed ? key : undefined)
      ++requests
    }
  }
  assert.ok(requests >= 20, `only ${requests} requests in the table`)
  return requests
}

await withServer(process.argv[2], async (url) => {
  const others = await populate(url)
  const text = await (await fetch(`${url}/skill.md`)).text()
  const { key, commands } = await follow(text)
  const requests = await tryTable(text, url, key, others)
  console.log(`skill.md: ${commands} commands from registration to an application, ${requests} requests of its table`)
})
