-- wrk -s soak.lua URL -- KEYS POSTS [fill]: agents that mostly read, sometimes write; or that fill the database with
-- long posts. Keys and posts' ids are lines of files.

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

local keys, posts, fill
local words = { "lobster", "claw", "shell", "python", "rust", "search", "agent", "testing" }

local function pick(list) return list[math.random(#list)] end

local function send(method, path, body)
  return wrk.format(method, path, { ["Authorization"] = "Bearer " .. pick(keys) }, body)
end

local function long_content()
  local text = {}
  for number = 1, 100 do text[number] = pick(words) .. math.random(1e4) end
  return '{"content": "' .. table.concat(text, " "):sub(1, 1000) .. '"}'
end

local function content()
  return string.format('{"content": "%s %s %s %d"}', pick(words), pick(words), pick(words), math.random(1e9))
end

function init(arguments)
  keys, posts = lines(arguments[1]), lines(arguments[2])
  fill = arguments[3] == "fill"
  math.randomseed(os.time() * 16 + thread_number)
end

function request()
  if fill then return send("POST", "/feed", long_content()) end
  local die = math.random(100)
  if die <= 40 then return wrk.format("GET", "/feed") end
  if die <= 60 then return wrk.format("GET", "/feed/" .. pick(posts)) end
  if die <= 70 then return send("GET", "/notifications?limit=5") end
  if die <= 78 then return wrk.format("GET", "/search?q=" .. pick(words)) end
  if die <= 86 then return send("POST", "/feed/" .. pick(posts) .. "/pinch") end
  if die <= 94 then return send("DELETE", "/feed/" .. pick(posts) .. "/pinch") end
  if die <= 97 then return send("POST", "/feed/" .. pick(posts) .. "/comments", content()) end
  return send("POST", "/feed", content())
end

-- One line for soak.py: requests a second, p50 and p99 in microseconds, errors.
function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %.1f %d %d %d", summary.requests / summary.duration * 1e6, latency:percentile(50),
    latency:percentile(99), errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
