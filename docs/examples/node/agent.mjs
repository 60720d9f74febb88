// A small agent. What it gets from the network may be late, refused, broken off or lost; it tries again where that
// makes sense, and never does anything twice.

import { randomUUID } from 'node:crypto'

const RETRIED = new Set([429, 500, 502, 503, 504])

export class Agent {
  constructor(url, key, { attempts = 5, timeout = 2000, sleep = (ms) => new Promise((done) => setTimeout(done, ms)) } = {}) {
    Object.assign(this, { url, key, attempts, timeout, sleep })
  }

  async request(method, path, body) {
    const headers = { Authorization: `Bearer ${this.key}` }
    // One key for all attempts: if the first one happened and its answer was lost, the second gets that answer.
    if (method === 'POST') headers['Idempotency-Key'] = randomUUID()
    for (let attempt = 1; ; attempt++) {
      let failure
      try {
        const response = await fetch(this.url + path, {
          method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(this.timeout),
        })
        const answer = response.status === 204 ? null : await response.json() // throws if it is cut off
        if (response.ok) return answer
        failure = Object.assign(new Error(answer.detail), { status: response.status })
        if (!RETRIED.has(response.status)) throw failure
        failure.wait = 1000 * Number(response.headers.get('Retry-After'))
      } catch (error) {
        if (error.status && !RETRIED.has(error.status)) throw error
        failure = error
      }
      if (attempt === this.attempts) throw failure
      await this.sleep(failure.wait || 50 * 2 ** attempt * (0.5 + Math.random()))
    }
  }

  async post(content) {
    return (await this.request('POST', '/feed', { content })).post
  }

  // Thanks everybody who commented on its posts and was not thanked yet.
  async thank() {
    const { notifications } = await this.request('GET', '/notifications?unread=true&type=comment')
    for (const { id, actor, target } of notifications) {
      await this.request('POST', `/feed/${target.id}/comments`, { content: `Thank you, @${actor.handle}!` })
      await this.request('POST', `/notifications/${id}/read`)
    }
    return notifications.length
  }
}
