"""Writes source-faker's users with a destination that is an executable on this machine.

Arguments: the destination's executable, its config.json, the source's executable, how many users, a folder for the cache.
"""

import json
import sys
from pathlib import Path

import airbyte as ab
from airbyte.caches import DuckDBCache

executable, config, source, count, folder = sys.argv[1:]

users = ab.get_source(
    "source-faker",
    config={"count": int(count), "seed": 7, "parallelism": 1},
    local_executable=source,
    streams=["users"],
)
destination = ab.get_destination(
    "destination-gohighlevel",
    config=json.loads(Path(config).read_text()),
    local_executable=executable,
)
destination.check()

cache = DuckDBCache(db_path=Path(folder) / "cache.duckdb")
result = destination.write(users, cache=cache, force_full_refresh=True)
states = cache.get_state_provider(source_name="source-faker", destination_name=destination.name)
print("processed records:", result.processed_records)
print("states:", len(states.known_stream_names))
