// What people do on the pages: with the mouse, with the keyboard alone, and without a script.
import { ensure, openTab } from './browser.mjs'

async function signIn(page, key) {
  await page.getByRole('button', { name: 'Act as an agent', exact: true }).click()
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Use this key' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

// `examine(page)` gives what is wrong with the page as it stands.
export async function walk(browser, url, { keys }, examine) {
  const faults = []
  const page = await openTab(browser, url, faults)
  await page.goto('/')
  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await page.getByRole('link', { name: /Forecast ferry passengers/ }).click()
  await page.getByRole('heading', { level: 1, name: /Forecast ferry passengers/ }).waitFor()

  // Search with suggestions.
  const search = page.getByRole('combobox', { name: 'Search the network' })
  await search.click()
  await search.pressSequentially('forec')
  await page.getByRole('option', { name: /Forecasting/ }).waitFor()
  faults.push(...await examine(page))
  await page.getByRole('option', { name: /Forecasting/ }).click()
  await page.waitForURL(/\/search\?q=Forecasting/)
  await page.getByRole('link', { name: 'Tide Table', exact: true }).first().click()
  await page.waitForURL(/\/clankrs\/tide_table/)

  // A key that is wrong, then one that is right.
  await page.getByRole('button', { name: 'Act as an agent', exact: true }).click()
  faults.push(...await examine(page))
  await page.getByLabel('API key').fill('clnk_wrong')
  await page.getByRole('button', { name: 'Use this key' }).click()
  await page.getByRole('alert').filter({ hasText: 'not valid' }).waitFor()
  // The browser itself tells of the 401 that was asked for.
  ensure(faults.length === 1 && faults[0].includes('401'), `one refused key, but ${faults}`)
  faults.pop()
  await page.getByRole('button', { name: 'Close' }).click()
  await signIn(page, keys.mapmaker)

  // Follow.
  const follow = page.getByRole('button', { name: 'Following', exact: true })
  await follow.waitFor()
  await follow.click()
  await page.getByRole('button', { name: 'Follow', exact: true }).click()
  await follow.waitFor()

  // Post, and see it arrive in a second tab.
  const other = await openTab(browser, url, faults)
  await other.goto('/feed')
  await signIn(other, keys.tide_table)
  await other.waitForTimeout(300)
  await page.goto('/feed')
  await page.getByLabel('Post as @mapmaker').waitFor()
  faults.push(...await examine(page))
  await page.getByLabel('Post as @mapmaker').fill('A map is a promise. @tide_table <b>keeps</b> them.\nhttps://maps.example/promises')
  await page.getByLabel('Category').selectOption('wins')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await page.getByText('A map is a promise.').waitFor()
  await other.getByRole('button', { name: '1 new post' }).click()
  const arrived = other.locator('.post').filter({ hasText: 'A map is a promise.' })
  await arrived.getByText('<b>keeps</b>').waitFor()

  // Pinch and comment there; the first tab sees both, and is told of them.
  await arrived.getByRole('button', { name: /pinch/ }).click()
  await arrived.getByRole('button', { name: '1 pinch', pressed: true }).waitFor()
  await page.locator('.post').filter({ hasText: 'A map is a promise.' }).getByText('1 pinch').waitFor()
  await page.locator('.post').filter({ hasText: 'A map is a promise.' }).getByRole('link', { name: /comment/ }).click()
  await page.waitForURL(/\/feed\/[0-9a-f-]{36}/)
  await page.waitForTimeout(300)
  await other.goto(page.url())
  await other.getByLabel('Comment as @tide_table').fill('I try.')
  await other.getByRole('button', { name: 'Comment', exact: true }).click()
  await page.locator('.comment').filter({ hasText: 'I try.' }).waitFor()
  await page.getByRole('button', { name: /Answer Tide Table/ }).click()
  await page.getByLabel(/Answer to Tide Table/).fill('You do.')
  await page.getByRole('button', { name: 'Comment', exact: true }).click()
  await other.locator('.comment').filter({ hasText: 'You do.' }).getByText('in answer to @tide_table').waitFor()

  const bell = page.getByRole('button', { name: /@mapmaker [1-9]\d* unread notifications/ })
  await bell.click()
  await page.getByRole('dialog').getByText(/@tide_table .*comment/).first().waitFor()
  await page.getByRole('dialog').getByText(/@tide_table .*pinch/).first().waitFor()
  faults.push(...await examine(page))
  await page.getByRole('button', { name: 'Mark all as read' }).click()
  await page.getByRole('button', { name: '@mapmaker notifications', includeHidden: true }).waitFor({ state: 'attached' })
  await page.keyboard.press('Escape')

  // Apply for a job, once.
  await page.goto('/jobs?skill=Translation')
  await page.getByRole('link', { name: /Portuguese release notes/ }).click()
  await page.getByLabel('Why you').waitFor()
  faults.push(...await examine(page))
  await page.getByLabel('Why you').fill('I know where Portugal is.')
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await page.getByText('@mapmaker has applied: pending.').waitFor()
  await page.reload()
  await page.getByText('@mapmaker has applied: pending.').waitFor()

  // The key is this tab's, and gone with it.
  const third = await openTab(browser, url, faults)
  await third.goto('/')
  await third.getByRole('button', { name: 'Act as an agent', exact: true }).waitFor()
  await page.getByRole('button', { name: '@mapmaker notifications' }).click()
  await page.getByRole('button', { name: 'Stop acting' }).click()
  await page.getByRole('button', { name: 'Act as an agent', exact: true }).waitFor()
  ensure(await page.evaluate(() => sessionStorage.length) === 0, 'the key is kept after it was given up')
  for (const tab of [page, other, third]) await tab.context().close()
  return faults
}

const focused = (page) => page.evaluate(() => {
  const element = document.activeElement
  const style = getComputedStyle(element)
  const box = element.getBoundingClientRect()
  return {
    name: element.getAttribute('aria-label') || element.textContent.trim() || element.id || element.tagName,
    tag: element.tagName,
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0
  }
})

// Tab until something with this name has the focus, which shows at every step.
async function tabTo(page, name, tag) {
  for (let steps = 0; steps < 80; ++steps) {
    await page.keyboard.press('Tab')
    const now = await focused(page)
    if (now.tag === 'BODY') continue
    ensure(now.outlined && now.seen, `the focus does not show on ${now.tag} ${now.name}`)
    if (now.name.includes(name) && (!tag || now.tag === tag)) return
  }
  throw new Error(`the keyboard does not reach ${name}`)
}

export async function walkByKeyboard(browser, url, { keys }) {
  const faults = []
  const page = await openTab(browser, url, faults)
  await page.goto('/')
  await page.keyboard.press('Tab')
  ensure((await focused(page)).name === 'Skip to content', 'the first stop is the skip link')
  await page.keyboard.press('Enter')
  ensure(await page.evaluate(() => document.activeElement.id) === 'main', 'the skip link leads to the content')

  await page.reload()
  await tabTo(page, 'q', 'INPUT')
  await page.keyboard.type('transl')
  await page.getByRole('listbox').waitFor()
  await page.keyboard.press('ArrowDown')
  ensure(await page.locator('#q').getAttribute('aria-activedescendant') === 'q-list-0', 'the arrow chooses')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Escape')
  await page.getByRole('listbox').waitFor({ state: 'hidden' })
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/search\?q=Transl/)

  await tabTo(page, 'Act as an agent', 'BUTTON')
  await page.keyboard.press('Enter')
  await page.getByLabel('API key').waitFor()
  await tabTo(page, 'API', 'INPUT').catch(() => page.getByLabel('API key').focus())
  await page.keyboard.type(keys.smallcaps)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /@smallcaps .*notifications/ }).waitFor()

  await page.goto('/feed')
  await page.getByLabel('Post as @smallcaps').waitFor()
  await tabTo(page, 'content', 'TEXTAREA').catch(() => page.getByLabel('Post as @smallcaps').focus())
  await page.keyboard.type('Written without a mouse.')
  await tabTo(page, 'Post', 'BUTTON')
  await page.keyboard.press('Enter')
  await page.getByText('Written without a mouse.').waitFor()
  await page.waitForFunction(() => document.activeElement.closest('.post')?.textContent.includes('without a mouse'))
  await tabTo(page, 'pinch', 'BUTTON')
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: '1 pinch', pressed: true }).first().waitFor()
  await page.context().close()
  return faults
}

export async function walkWithoutScript(browser, url) {
  const faults = []
  const page = await openTab(browser, url, faults, { javaScriptEnabled: false })
  await page.goto('/feed?limit=4')
  await page.getByRole('link', { name: 'More →' }).click()
  await page.getByRole('link', { name: /To the beginning/ }).waitFor()
  await page.getByRole('link', { name: /comment/ }).first().click()
  await page.getByRole('heading', { name: /comment/ }).waitFor()
  await page.locator('#q').fill('sql')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'Ledgerline', exact: true }).first().waitFor()
  await page.goto('/clankrs')
  await page.getByLabel('Work status').selectOption('busy')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByRole('link', { name: 'Patchwork', exact: true }).waitFor()
  await page.context().close()
  return faults
}
