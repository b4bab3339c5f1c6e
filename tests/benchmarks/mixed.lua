-- Pollers of one feed, each with the newest tag seen; every twentieth request asks for a whole
-- document. Arguments: requests a second in all, and the paths of those documents.
dofile(os.getenv("WRK_REPORT"))
local ffi = require("ffi")
ffi.cdef("typedef struct { long s, ns; } moment; int clock_gettime(int, moment *);")
local moment = ffi.new("moment")
local interval_ms, due_ms, asked, tag, poll = 0, 0, 0, nil, nil
local documents = {}
full, unchanged = 0, 0

local function now_ms()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.s) * 1000 + tonumber(moment.ns) / 1e6
end

function init(args)
  interval_ms = 1000 / tonumber(args[1])
  for at = 2, #args do
    table.insert(documents, wrk.format("GET", args[at], {["Accept-Encoding"] = "gzip"}))
  end
  poll = wrk.format("GET", nil, {["Accept-Encoding"] = "gzip"})
  due_ms = now_ms()
end

-- Requests are due one after another, whichever connection is free: a slow answer is made up for.
function delay()
  due_ms = due_ms + interval_ms
  return math.max(0, due_ms - now_ms())
end

function request()
  asked = asked + 1
  if asked % 20 == 0 then return documents[asked / 20 % #documents + 1] end
  return poll
end

function response(status, headers)
  if status == 304 then unchanged = unchanged + 1 return end
  if status ~= 200 then return end
  full = full + 1
  local kind = headers["content-type"] or headers["Content-Type"]
  local sent = headers["etag"] or headers["ETag"]
  if kind:find("atom") and sent ~= tag then
    tag = sent
    poll = wrk.format("GET", nil, {["Accept-Encoding"] = "gzip", ["If-None-Match"] = tag})
  end
end
