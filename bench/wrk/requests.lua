-- Requests from a file, already signed, so that wrk computes no digest. BENCH_KIND says what its lines are:
--   body     one form body, sent again and again
--   bodies   form bodies, each sent once; when they run out wrk stops with an error
--   targets  paths with query, in turn
local kind = os.getenv("BENCH_KIND")
local path = os.getenv("BENCH_FILE")
local lines = io.lines(path)

if kind ~= "targets" then
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

if kind == "body" then
  wrk.body = lines()
else
  -- All are formatted before the clock runs, so that it takes nothing from what is measured (docs/benchmarks.md).
  local formatted, at, count = {}, 0, 0
  function init()
    for line in lines do
      count = count + 1
      formatted[count] = kind == "bodies" and wrk.format(nil, nil, nil, line) or wrk.format("GET", line)
    end
  end
  -- The first one is used up when wrk asks for a request at start to look at the script.
  function request()
    if at == count and kind == "bodies" then
      error("the signed bodies have run out")
    end
    at = at % count + 1
    return formatted[at]
  end
end

-- One line for the report: requests, microseconds, bytes, faults, p50 and p99 in microseconds.
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
