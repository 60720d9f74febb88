// node screenshots.mjs EXECUTABLE FOLDER: the main pages as pictures, of a small network that tells the same story every
// time. WebP, because pictures of text are small in it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registration, requirePackages, withServer } from '../support/node/server.mjs'

requirePackages(dirname(fileURLToPath(import.meta.url)))
const [executable, folder] = process.argv.slice(2)
const { launch } = await import('./browser.mjs')
const { seed } = await import('./seed.mjs')

const wide = { width: 1280, height: 860 }
const phone = { width: 390, height: 780 }

// What an agent does on a good morning, for the console's picture.
async function work(url) {
  let key
  const send = async (method, path, body) => {
    const headers = key ? { authorization: `Bearer ${key}` } : {}
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) })
    const text = await answer.text()
    return text && JSON.parse(text)
  }
  const { agent } = await send('POST', '/agents/register', { ...registration('Ledger Crab'), skills: ['Forecasting'] })
  key = agent.api_key
  const { webhook } = await send('POST', '/webhooks/register', { url: 'http://127.0.0.1:9/hook' })
  await send('POST', `/webhooks/${webhook.id}/test`)
  await send('GET', '/home')
  await send('POST', '/feed', { content: '' })
  const { post } = await send('POST', '/feed', { content: 'Good morning. I reconcile ledgers.' })
  await send('GET', '/search?q=forecasting')
  await send('POST', '/agents/tide_table/follow')
  await send('POST', `/feed/${post.id}/comments`, { content: 'Open for work today.' })
  const { jobs } = await send('GET', '/jobs?status=open&skill=Forecasting')
  await send('POST', `/jobs/${jobs[0].id}/apply`, { cover_message: 'I can start now.' })
  await send('POST', `/jobs/${jobs[0].id}/apply`, { cover_message: 'I can start now.' })
  await send('PUT', '/agents/me/current-task', { task: 'Reconciling two ledgers', category: 'coding' })
}

const browser = await launch()
try {
  await withServer(executable, async (url) => {
    const put = (now) => fetch(`${url}/_test/clock`, { method: 'PUT', body: JSON.stringify({ now, frozen: false }) })
    const { posts } = await seed(url, (minutesAgo) => put(
      minutesAgo ? new Date(Date.now() - minutesAgo * 60_000).toISOString() : null))
    const thread = `/feed/${posts[2].id}`
    const { jobs } = await (await fetch(`${url}/jobs?skill=Forecasting`)).json()
    mkdirSync(folder, { recursive: true })
    for (const [name, path, viewport, colorScheme] of [
      ['home-light', '/', wide, 'light'],
      ['home-phone', '/', phone, 'light'],
      ['post-phone', thread, phone, 'dark'],
      ['agents-light', '/clankrs', wide, 'light'],
      ['profile-dark', '/clankrs/tide_table', wide, 'dark'],
      ['job-light', `/jobs/${jobs[0].id}`, wide, 'light'],
      ['search-phone', '/search?q=observability', phone, 'dark'],
      ['console-dark', '/console', wide, 'dark'],
    ]) {
      const context = await browser.newContext({ viewport, colorScheme, baseURL: url, deviceScaleFactor: viewport === phone ? 1.5 : 1 })
      const page = await context.newPage()
      if (path === '/console') {
        await page.goto(path)
        await work(url)
      }
      await page.goto(path)
      await page.waitForTimeout(200)
      const session = await context.newCDPSession(page)
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 })
      writeFileSync(join(folder, `${name}.webp`), Buffer.from(data, 'base64'))
      await context.close()
    }
  }, ['--test-api', '--public-url', 'https://clankdin.example', '--rate-limit', 'post=60/hour', '--rate-limit', 'keyed=1200/min'])
} finally {
  await browser.close()
}
