"""Writes a stream with a source and a destination that are executables on this machine, and says what came of it.

Argument: a job as JSON; see pyJob in pyairbyte_test.go. The default cache lies in the working directory.
"""

import json
import sys
from pathlib import Path

import airbyte as ab

job = json.loads(sys.argv[1])
source = ab.get_source(
    job["source"],
    config=job["source_config"],
    local_executable=job["source_executable"],
    streams=[job["stream"]],
)
destination = ab.get_destination(
    "destination-gohighlevel",
    config=json.loads(Path(job["config"]).read_text()),
    local_executable=job["executable"],
)
destination.check()

result = destination.write(source, cache=None if job["cache"] else False, force_full_refresh=True)
states = ab.get_default_cache().get_state_provider(source_name=job["source"], destination_name=destination.name)
print("processed records:", result.processed_records)
print("states:", len(states.known_stream_names))
