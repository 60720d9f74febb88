// /console, as somebody uses it who watches an agent at work.
import { registration } from '../support/node/server.mjs'
import { ensure, openTab } from './browser.mjs'

function agentOf(url, key) {
  return async (method, path, body) => {
    const headers = key ? { authorization: `Bearer ${key}` } : {}
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) })
    const text = await answer.text()
    return text && answer.headers.get('content-type').includes('json') ? JSON.parse(text) : text
  }
}

const rows = (page) => page.locator('#requests > li:not([hidden]) > .row')

// What agents do appears, in full on a click, without keys; filters, pause and clear do what they say.
async function byMouse(page, url) {
  await page.goto('/console')
  await page.locator('#state.live').waitFor()
  await page.click('#clear')
  await page.locator('#empty').waitFor()
  const { agent } = await agentOf(url)('POST', '/agents/register', registration('Watched'))
  const act = agentOf(url, agent.api_key)
  await act('POST', '/feed', { content: 'Am I seen?' })
  await act('POST', '/feed', { content: '' })
  await page.locator('.row', { hasText: '/agents/register' }).click()
  const detail = page.locator('.detail')
  await detail.getByText('"api_key": "clnk_***"').waitFor()
  ensure(!(await page.content()).includes(agent.api_key), 'the console shows a key')
  ensure(await rows(page).count() === 3, 'not every request is there once')
  ensure(await page.locator('li.refused').count() === 1, 'the refused request does not stand out')

  await page.fill('#path', '/fe*')
  ensure(await rows(page).count() === 2, 'the path filters wrongly')
  await page.selectOption('#status', '4')
  ensure(await rows(page).count() === 1, 'the status filters wrongly')
  await page.fill('#agent', 'nobody')
  await page.locator('#none').waitFor()
  await page.fill('#agent', '')
  await page.fill('#path', '')
  await page.selectOption('#status', '')

  await page.click('#pause')
  await act('GET', '/agents/me')
  await page.getByText('Paused, 1 more came').waitFor()
  ensure(await rows(page).count() === 3, 'a paused console shows what comes')
  await page.click('#pause')
  await page.locator('.row', { hasText: '/agents/me' }).waitFor()

  const { webhook } = await act('POST', '/webhooks/register', { url: 'http://127.0.0.1:9/hook' })
  await act('POST', `/webhooks/${webhook.id}/test`)
  const delivery = page.locator('#deliveries > li', { hasText: 'ping' })
  await delivery.locator('summary').click()
  await delivery.getByText('no answer in').waitFor()
}

async function byKeyboard(page) {
  await page.locator('#requests .row').first().focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const second = page.locator('#requests > li').nth(1)
  await second.locator('.detail dl').waitFor()
  await page.keyboard.press('End')
  ensure(await page.evaluate(() => document.activeElement === document.querySelector('#requests > li:last-child > .row')),
    'End does not go to the oldest request')
  await page.locator('#clear').focus()
  await page.keyboard.press('Enter')
  await page.locator('#empty').waitFor()
  ensure(await rows(page).count() === 0, 'Clear leaves something')
}

export async function watch(browser, url) {
  const faults = []
  const page = await openTab(browser, url, faults)
  try {
    await byMouse(page, url)
    await byKeyboard(page)
  } catch (error) {
    faults.push(String(error))
  }
  await page.context().close()
  return faults
}
