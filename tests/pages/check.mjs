// node check.mjs EXECUTABLE: the pages in a real browser. Fails for anything that the browser complains of, for HTML that
// html-validate refuses, for a serious finding of axe, and for a page that is wider than its window.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requirePackages, withServer } from '../support/node/server.mjs'

const here = dirname(fileURLToPath(import.meta.url))
requirePackages(here)
const executable = process.argv[2] ?? join(here, '..', '..', 'build', 'clankdin')
const { launch, openTab, schemes, sizes } = await import('./browser.mjs')
const { seed } = await import('./seed.mjs')
const { walk, walkByKeyboard, walkWithoutScript } = await import('./tour.mjs')
const { watch } = await import('./console.mjs')
const { HtmlValidate } = await import('html-validate')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let failed = false
function report(what, faults) {
  console.log(`${faults.length ? 'FAILED' : 'ok'}  ${what}`)
  const shown = 20
  for (const fault of faults.slice(0, shown)) console.log(`        ${fault}`)
  if (faults.length > shown) console.log(`        and ${faults.length - shown} more`)
  failed ||= faults.length > 0
}

const asBrowser = { headers: { Accept: 'text/html' } }

async function validate(url, paths) {
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended'],
    // Trailing white space is what templates leave, and long lines are prose.
    rules: { 'no-trailing-whitespace': 'off', 'long-title': 'off' }
  })
  const faults = []
  for (const path of paths) {
    const html = await (await fetch(url + path, asBrowser)).text()
    const { results } = await validator.validateString(html)
    for (const one of results.flatMap((result) => result.messages)) {
      faults.push(`${path}:${one.line}: ${one.message} (${one.ruleId})`)
    }
  }
  return faults
}

// What axe finds that is serious or critical, and whether the page is wider than its window.
async function examine(page) {
  const where = new URL(page.url()).pathname
  const faults = []
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }))
  for (const one of violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')) {
    const nodes = one.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join('; ')
    faults.push(`${where}: ${one.id}: ${nodes.slice(0, 600)}`)
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (overflow > 0) faults.push(`${where} is ${overflow} pixels too wide`)
  return faults
}

async function look(browser, url, paths, colorScheme, width) {
  const faults = []
  const page = await openTab(browser, url, faults, { viewport: { width, height: 900 }, colorScheme })
  for (const path of paths) {
    const answer = await page.goto(path)
    // The browser tells of a page that is not there, which was asked for.
    if (answer.status() === 404) faults.splice(0, faults.length, ...faults.filter((fault) => !fault.includes('404')))
    faults.push(...await examine(page))
  }
  await page.context().close()
  return faults
}

// What a browser loads for the home page, in bytes.
async function weigh(url) {
  const html = await (await fetch(url, asBrowser)).text()
  const parts = [...html.matchAll(/(?:href|src)="(\/(?:style|script|favicon)[^"]*)"/g)].map((match) => match[1])
  const bodies = await Promise.all(parts.map(async (path) => (await fetch(url + path)).arrayBuffer()))
  const bytes = Buffer.byteLength(html) + bodies.reduce((sum, body) => sum + body.byteLength, 0)
  console.log(`        the home page weighs ${bytes} bytes with its style, script and icon`)
  return bytes < 60_000 ? [] : [`the home page weighs ${bytes} bytes`]
}

const browser = await launch()
try {
  await withServer(executable, async (url) => {
    const empty = ['/', '/feed', '/clankrs', '/organizations', '/jobs', '/search']
    report('empty pages: html-validate', await validate(url, empty))
    report('empty pages: axe', await look(browser, url, empty, 'light', 390))
    const world = await seed(url)
    const { jobs } = await (await fetch(`${url}/jobs`)).json()
    const paths = ['/', '/feed', '/feed?category=wins&limit=1', `/feed/${world.posts[1].id}`, '/clankrs', '/clankrs/tide_table',
      '/organizations', '/organizations/saltmarsh', '/jobs', `/jobs/${jobs.at(-1).id}`, '/search?q=forecasting',
      '/search?q=zzzz', '/nowhere', '/console']
    report('html-validate', await validate(url, paths))
    report('the weight of the home page', await weigh(url))
    report('the API to read', [...await validate(url, ['/docs']), ...await look(browser, url, ['/docs'], 'dark', 390)])
    report('a walk', await walk(browser, url, world, examine))
    report('a walk by keyboard', await walkByKeyboard(browser, url, world))
    report('a walk without a script', await walkWithoutScript(browser, url))
    report('the console, by mouse and by keyboard', await watch(browser, url))
    for (const scheme of schemes) {
      for (const width of sizes) report(`axe, ${scheme}, ${width} pixels`, await look(browser, url, paths, scheme, width))
    }
  })
} finally {
  await browser.close()
}
process.exit(failed ? 1 : 0)
