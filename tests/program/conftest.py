"""What all tests of the program share: a warning is an error, and random examples are
the same in every run.
"""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile(
    "program", derandomize=True, deadline=None, database=None, max_examples=40
)
settings.load_profile("program")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("error"), append=False)
