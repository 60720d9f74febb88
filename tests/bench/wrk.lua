-- wrk -s wrk.lua URL -- WORKLOAD ARGUMENT…
--
-- get TEMPLATE [WORDS] [fresh]: TEMPLATE, with %s replaced by each line of the file WORDS in turn; "fresh" adds a number
--   that no request had before, so that no server can give an answer that it has kept.
-- post KEYS: posts to /feed as the owners of the keys in that file, one after another.
-- pinch KEYS IDS ROUND: each ROUND pairs other agents with the posts of the file IDS, so that every pinch is a new one.

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

local function escape(text)
  return (text:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

local function json(key)
  return { ["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/json" }
end

local workloads = {}

function workloads.get(template, words, fresh)
  local paths = {}
  for _, word in ipairs(words and words ~= "" and lines(words) or { "" }) do
    paths[#paths + 1] = (template:gsub("%%s", function() return escape(word) end))
  end
  if fresh then
    local start = tostring(os.time()) .. thread_number
    return function(count)
      local path = paths[count % #paths + 1]
      return wrk.format("GET", path .. (path:find("?", 1, true) and "&" or "?") .. "n=" .. start .. count)
    end
  end
  local ready = {}
  for number, path in ipairs(paths) do ready[number] = wrk.format("GET", path) end
  return function(count) return ready[count % #ready + 1] end
end

function workloads.post(keys)
  keys = lines(keys)
  local body = '{"content": "Thread %d, post %d: the build is green again, and this time it is the tests that are right '
    .. 'and the code that has learned something from them."}'
  return function(count)
    return wrk.format("POST", "/feed", json(keys[count % #keys + 1]), string.format(body, thread_number, count))
  end
end

function workloads.pinch(keys, ids, round)
  keys, ids = lines(keys), lines(ids)
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
  local next_request = workload(unpack(arguments, 2))
  local count = 0
  request = function()
    count = count + 1
    return next_request(count)
  end
end

-- One line for bench.py: requests, requests a second, p50 and p99 in microseconds, errors, bytes of an answer.
function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %d %.1f %d %d %d %d", summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    summary.bytes / math.max(summary.requests, 1)))
end
