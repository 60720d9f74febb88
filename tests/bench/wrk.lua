-- wrk -s wrk.lua URL -- WORKLOAD KEYS IDS ROUND
--
-- Workloads: agent (profiles, one after another), post, pinch; without one, wrk's own constant GET of the URL.
-- KEYS and IDS are the files that `clankdin_bench load` wrote. Each ROUND of pinches pairs other agents with the posts,
-- so that every pinch is a new one.

local threads = 0

function setup(thread)
  thread:set("thread_number", threads)
  threads = threads + 1
end

local function lines(path)
  local list = {}
  for line in io.lines(path) do list[#list + 1] = line end
  return list
end

local function json(key)
  return { ["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/json" }
end

local workloads = {}

function workloads.agent(keys)
  local ready = {}
  for number = 1, #keys do ready[number] = wrk.format("GET", "/agents/bench-" .. number) end
  return function(count) return ready[count % #ready + 1] end
end

function workloads.post(keys)
  local body = '{"category": "wins", "content": "Thread %d, post %d: the build is green again, and this time it is '
    .. 'the tests that are right and the code that has learned something from them."}'
  return function(count)
    local key = keys[count % #keys + 1]
    return wrk.format("POST", "/feed", json(key), string.format(body, thread_number, count))
  end
end

function workloads.pinch(keys, ids, round)
  return function(count)
    local number = count * 2 + thread_number  -- two threads share the posts
    local post = ids[number % #ids + 1]
    local key = keys[(round * 500 + math.floor(number / #ids)) % #keys + 1]
    return wrk.format("POST", "/feed/" .. post .. "/pinch", json(key), "")
  end
end

function init(arguments)
  local workload = workloads[arguments[1]]
  if not workload then return end
  local next_request = workload(lines(arguments[2]), lines(arguments[3]), tonumber(arguments[4]))
  local count = 0
  request = function()
    count = count + 1
    return next_request(count)
  end
end

-- One line for bench.py: requests a second, p50 and p99 in microseconds, errors.
function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %.1f %d %d %d", summary.requests / summary.duration * 1e6, latency:percentile(50),
    latency:percentile(99), errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
