// Chromium, watched: whatever a page complains of ends in a list.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { SKIPPED } from '../support/node/server.mjs'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const sizes = [390, 768, 1440]
export const schemes = ['light', 'dark']

export async function launch() {
  if (!existsSync(executablePath)) {
    console.log(`skipped: there is no ${executablePath}; install Debian's chromium, or name another in CHROMIUM`)
    process.exit(SKIPPED)
  }
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
}

// A tab. `faults` collects what goes wrong in it; requests to anywhere but `url` are wrong, too.
export async function openTab(browser, url, faults, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, baseURL: url, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${page.url()}: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) faults.push(`${page.url()} asks for ${request.url()}`)
  })
  return page
}

export function ensure(condition, what) {
  if (!condition) throw new Error(what)
}
