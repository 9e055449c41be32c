"""Lets the Singer tap read the contacts of a location. Its address is fixed and it stops after a page: both are told to it here."""

import json
import sys
from urllib.parse import parse_qsl

from singer_sdk.pagination import BaseHATEOASPaginator
from tap_go_high_level.client import GoHighLevelStream
from tap_go_high_level.streams import ContactsStream
from tap_go_high_level.tap import TapGoHighLevel

job = json.loads(sys.argv[1])


class Pages(BaseHATEOASPaginator):
    def get_next_url(self, response):
        return response.json()["meta"]["nextPageUrl"]


def parameters(self, context, next_page_token):
    first = once(self, context, next_page_token)
    return {**first, **dict(parse_qsl(next_page_token.query))} if next_page_token else first


once = GoHighLevelStream.get_url_params
GoHighLevelStream.url_base = job["url"]
if job["paged"]:
    GoHighLevelStream.get_new_paginator = lambda self: Pages()
    GoHighLevelStream.get_url_params = parameters
TapGoHighLevel.discover_streams = lambda self: [ContactsStream(self)]
TapGoHighLevel(config={"auth_token": job["token"], "location_id": job["location"]}).sync_all()
