-- What wrk measured, as one line of JSON.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function done(summary, latency, requests)
  local full, unchanged = 0, 0
  for _, thread in ipairs(threads) do
    full = full + (thread:get("full") or 0)
    unchanged = unchanged + (thread:get("unchanged") or 0)
  end
  local e = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "max_ms": %f,' ..
    ' "errors": %d, "timeouts": %d, "full": %d, "unchanged": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000,
    e.connect + e.read + e.write + e.status, e.timeout, full, unchanged))
end
