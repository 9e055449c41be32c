"""Reads streams of a source that is an executable on this machine into the default cache, twice, and says what is there.

Argument: a job as JSON; see pyReadJob in pyairbyte_read_test.go. The default cache lies in the working directory.
"""

import json
import sys
from pathlib import Path

import airbyte as ab

job = json.loads(sys.argv[1])
source = ab.get_source(
    "source-gohighlevel",
    config=json.loads(Path(job["config"]).read_text()),
    local_executable=job["executable"],
)
source.check()
print("available:", json.dumps(sorted(source.get_available_streams())))
source.select_streams(job["streams"])


def read():
    result = source.read()
    rows = {name: [{key: row.get(key) for key in job["columns"]} for row in result[name]] for name in job["streams"]}
    print("\nresult:", json.dumps({"processed": result.processed_records, "rows": rows}, default=str))


read()
print("change something", flush=True)
sys.stdin.readline()
read()
