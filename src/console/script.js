// Follows the stream of requests and shows them; deliveries and limits are asked for every few seconds while the page
// can be seen. Nothing leaves this page but questions to this server's console.
'use strict';
(() => {
  const MOST = 500
  const EVERY = 3000
  const $ = (id) => document.getElementById(id)
  const log = $('requests')
  const entries = new Map() // by number: { entry, item }
  let held = [] // what came while paused
  let paused = false

  function h(name, attributes = {}, ...children) {
    const element = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) {
      if (key === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener)
      else if (value !== false && value !== undefined) element.setAttribute(key, value === true ? '' : value)
    }
    element.append(...children)
    return element
  }

  async function ask(path, options) {
    const answer = await fetch(path, { headers: { Accept: 'application/json' }, ...options })
    if (answer.status === 204) return null
    const json = await answer.json()
    if (!answer.ok) throw new Error(json.detail)
    return json
  }

  function tell(kind, text) {
    $('state').className = `state ${kind}`
    $('state').textContent = text
  }

  // ---- Words ----

  const clock = (time) => new Date(time).toLocaleTimeString('en-GB') + '.' + time.slice(20, 23)
  const took = (ms) => (ms < 10 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(0) : (ms / 1000).toFixed(1) + ' s') + (ms < 1000 ? ' ms' : '')
  const size = (bytes) => (bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`)
  const short = (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => `…${id.slice(-6)}`)
  const pretty = (body) => (typeof body === 'string' ? body : JSON.stringify(body, null, 2))

  function kindOf(status) {
    if (status === null || status >= 500) return 'failed'
    return status >= 400 ? 'refused' : status >= 300 ? 'same' : 'done'
  }

  function duration(seconds) {
    if (seconds < 90) return `${seconds} s`
    return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
  }

  // ---- Filters ----

  function matcher() {
    const [agent, method, path, status] = ['agent', 'method', 'path', 'status'].map((id) => $(id).value)
    const literal = path.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
    const pattern = path.trim() && new RegExp(path.includes('*') ? `^${literal}$` : `^${literal}`)
    const handle = agent.trim().toLowerCase().replace(/^@/, '')
    return (entry) => (!handle || entry.agent === handle) && (!method || entry.method === method) &&
      (!pattern || pattern.test(entry.path)) && (!status || String(entry.status ?? 500)[0] === status)
  }

  let matches = matcher()

  function recount() {
    const visible = [...entries.values()].filter(({ item }) => !item.hidden).length
    $('shown').textContent = entries.size === visible ? String(visible || '') : `${visible} of ${entries.size}`
    $('empty').hidden = entries.size > 0
    $('none').hidden = entries.size === 0 || visible > 0
  }

  $('filters').addEventListener('input', () => {
    matches = matcher()
    for (const { entry, item } of entries.values()) item.hidden = !matches(entry)
    recount()
  })

  // ---- Requests ----

  function curl(request) {
    const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`
    const target = request.path + (request.query ? `?${request.query}` : '')
    let command = `curl -X ${request.method} ${quote(location.origin + target)}`
    if (request.headers.authorization) command += ' -H "Authorization: Bearer $CLANKDIN_API_KEY"'
    if (request.body !== null) command += ` -d ${quote(typeof request.body === 'string' ? request.body : JSON.stringify(request.body))}`
    return command
  }

  function part(title, note, body) {
    if (body === null) return []
    return [h('h3', {}, title, h('span', {}, note)), h('pre', { tabindex: '0', 'aria-label': title }, h('code', {}, pretty(body)))]
  }

  function showDetail(request) {
    const headers = h('dl')
    for (const [name, value] of Object.entries(request.headers)) headers.append(h('dt', {}, name), h('dd', {}, value))
    const cut = (truncated) => (truncated ? ', the first 64 KiB' : '')
    const copy = h('button', { type: 'button', class: 'quiet' }, 'Copy as curl')
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(curl(request))
      copy.textContent = 'Copied'
    })
    return h('div', { class: 'detail' },
      h('h3', {}, h('span', {}, `Request ${request.id}`), copy), h('p', {}, `${request.method} ${request.path}`), headers,
      ...part('Body', size(request.body_size) + cut(request.body_truncated), request.body),
      ...(request.delivery === 'whole' ? [] : [h('p', {}, `The answer was ${request.delivery} on purpose.`)]),
      ...part('Answer', size(request.answer_size) + cut(request.answer_truncated), request.answer))
  }

  async function toggle(entry, item, row) {
    const open = row.getAttribute('aria-expanded') !== 'true'
    row.setAttribute('aria-expanded', String(open))
    item.querySelector('.detail')?.remove()
    if (!open) return
    try {
      const { request } = await ask(`/console/requests/${entry.number}`)
      if (row.getAttribute('aria-expanded') === 'true') item.append(showDetail(request))
    } catch (error) {
      item.append(h('p', { class: 'detail', role: 'alert' }, error.message))
    }
  }

  function line(entry) {
    const status = entry.status ?? 'none'
    const row = h('button', { type: 'button', class: 'row', 'aria-expanded': 'false' },
      h('span', { class: 'at' }, clock(entry.time)), h('span', { class: 'verb' }, entry.method),
      h('span', { class: 'path', title: entry.path }, short(entry.path), h('span', { class: 'query' }, entry.query ? `?${entry.query}` : '')),
      h('span', { class: 'who' }, entry.agent ? `@${entry.agent}` : '–'), h('span', { class: 'got' }, String(status)),
      h('span', { class: 'took' }, took(entry.duration_ms)))
    const item = h('li', { class: kindOf(entry.status) }, row)
    row.addEventListener('click', () => toggle(entry, item, row))
    item.hidden = !matches(entry)
    return item
  }

  // The newest on top; answers can overtake each other on their way here.
  function add(entry, fresh) {
    if (entries.has(entry.number)) return
    const item = line(entry)
    if (fresh) item.classList.add('fresh')
    const below = [...entries.keys()].reverse().find((number) => number < entry.number)
    log.insertBefore(item, below === undefined ? null : entries.get(below).item)
    entries.set(entry.number, { entry, item })
    if (entries.size > MOST) {
      const oldest = Math.min(...entries.keys())
      entries.get(oldest).item.remove()
      entries.delete(oldest)
    }
    if (entry.agent && !$('agents').querySelector(`[value="${CSS.escape(entry.agent)}"]`)) $('agents').append(h('option', { value: entry.agent }))
  }

  log.addEventListener('keydown', (event) => {
    const rows = [...log.querySelectorAll('li:not([hidden]) > .row')]
    const at = rows.indexOf(document.activeElement)
    if (at < 0) return
    const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1) }[event.key]
    if (!next) return
    event.preventDefault()
    next.focus()
  })

  function pausedText() {
    return held.length ? `Paused, ${held.length} more came` : 'Paused'
  }

  $('pause').addEventListener('click', () => {
    paused = !paused
    $('pause').setAttribute('aria-pressed', String(paused))
    $('pause').textContent = paused ? 'Go on' : 'Pause'
    if (!paused) for (const entry of held.splice(0)) add(entry, true)
    paused ? tell('', pausedText()) : tell('live', 'Live')
    recount()
  })

  function empty() {
    entries.clear()
    held = []
    log.replaceChildren()
    recount()
  }

  $('clear').addEventListener('click', async () => {
    try {
      await ask('/console/requests', { method: 'DELETE' })
      empty()
      refresh()
    } catch (error) {
      tell('lost', error.message)
    }
  })

  // ---- The pulse: how many in each of the last 60 seconds ----

  const seconds = new Map()
  const bars = Array.from({ length: 60 }, () => h('i'))
  $('pulse').append(...bars)

  function beat(entry) {
    const second = Math.floor(Date.now() / 1000)
    const there = seconds.get(second) ?? { all: 0, bad: 0 }
    ++there.all
    if (['failed', 'refused'].includes(kindOf(entry.status))) ++there.bad
    seconds.set(second, there)
  }

  function draw() {
    const now = Math.floor(Date.now() / 1000)
    for (const second of seconds.keys()) if (second < now - 59) seconds.delete(second)
    const most = Math.max(4, ...[...seconds.values()].map(({ all }) => all))
    let sum = 0
    bars.forEach((bar, i) => {
      const { all, bad } = seconds.get(now - 59 + i) ?? { all: 0, bad: 0 }
      sum += all
      bar.style.height = all ? `${Math.max(6, (100 * all) / most)}%` : '1px'
      bar.style.background = all ? `linear-gradient(to top, var(--red) ${(100 * bad) / all}%, var(--soft) 0)` : ''
    })
    $('pulse').setAttribute('aria-label', `${sum} requests in the last minute`)
  }

  // ---- Deliveries and limits ----

  const opened = new Set() // deliveries whose details stay open over a refresh

  function deliveryItem(delivery, attempts) {
    const kind = { delivered: 'done', pending: 'pending', failed: 'failed' }[delivery.status]
    const details = h('details', { open: opened.has(delivery.id) },
      h('summary', {}, h('b', {}, delivery.event), h('span', { class: 'got' }, delivery.status),
        h('span', { class: 'soft' }, `@${delivery.agent} · ${delivery.url}`)))
    details.addEventListener('toggle', () => opened[details.open ? 'add' : 'delete'](delivery.id))
    const facts = h('dl')
    const fact = (name, value) => value !== null && value !== '' && facts.append(h('dt', {}, name), h('dd', {}, String(value)))
    fact('attempts', delivery.attempts)
    fact('answer', delivery.response_status)
    fact('error', delivery.error)
    fact('took', delivery.duration_ms === null ? null : `${delivery.duration_ms} ms`)
    fact('next attempt', delivery.next_attempt_at && clock(delivery.next_attempt_at))
    for (const one of attempts) fact(clock(one.time), `${one.response_status ?? 'no answer'} in ${one.duration_ms} ms`)
    details.append(h('div', { class: 'detail' }, facts, ...part('Body', '', delivery.body), ...part('Answer', '', delivery.response_body)))
    return h('li', { class: kind }, details)
  }

  function limitItem(limit) {
    const who = limit.agent ? `@${limit.agent}` : limit.address ?? 'a deleted agent'
    return h('li', {}, h('span', {}, `${who} · ${limit.bucket}`),
      h('span', {}, `${limit.remaining} of ${limit.limit} left`),
      h('meter', { min: '0', max: String(limit.limit), value: String(limit.remaining), low: String(limit.limit / 4),
        optimum: String(limit.limit), 'aria-label': `${who}, ${limit.bucket}: ${limit.remaining} of ${limit.limit} left` }),
      h('span', { class: 'soft' }, `full again in ${duration(limit.reset_seconds)}`))
  }

  // A list is only written anew where it says something else, so that the focus stays where it is.
  const shown = {}
  function fill(id, json, items) {
    const text = JSON.stringify(json)
    if (shown[id] === text) return
    shown[id] = text
    const focused = [...$(id).querySelectorAll('summary')].indexOf(document.activeElement)
    $(id).replaceChildren(...items())
    $(`no-${id}`).hidden = $(id).childElementCount > 0
    $(id).querySelectorAll('summary')[focused]?.focus()
  }

  async function refresh() {
    if (document.hidden || paused) return
    try {
      const [{ deliveries, attempts }, { limits }] =
        await Promise.all([ask('/console/deliveries?limit=30'), ask('/console/limits')])
      const of = (id) => attempts.filter(({ delivery_id: delivery }) => delivery === id)
      fill('deliveries', [deliveries, attempts], () => deliveries.map((delivery) => deliveryItem(delivery, of(delivery.id))))
      fill('limits', limits, () => limits.slice(0, 20).map(limitItem))
    } catch {
      // The stream tells that the server is gone.
    }
  }

  // ---- Live ----

  async function catchUp() {
    const { requests } = await ask(`/console/requests?limit=${MOST}`)
    for (const entry of requests.reverse()) add(entry, false)
    recount()
  }

  $('try').textContent = `curl -s ${location.origin}/feed`
  const stream = new EventSource('/console/stream')
  stream.addEventListener('open', () => {
    if (!paused) tell('live', 'Live')
    empty() // it may be another server by now
    catchUp()
    refresh()
  })
  stream.addEventListener('error', () => tell('lost', 'The server is gone; trying again'))
  stream.addEventListener('clear', empty)
  stream.addEventListener('attempt', refresh)
  stream.addEventListener('request', ({ data }) => {
    const entry = JSON.parse(data)
    beat(entry)
    if (paused) {
      if (held.push(entry) > MOST) held.shift()
      return tell('', pausedText())
    }
    add(entry, true)
    recount()
  })
  setInterval(draw, 1000)
  setInterval(refresh, EVERY)
  document.addEventListener('visibilitychange', refresh)
  draw()
})()
