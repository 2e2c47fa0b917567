"""Writes openapi.yaml as JSON, for the server to hold and serve beside it.

    .venv/bin/python Tests/Tools/openapi_json.py      (or: make documents)
"""

import json
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
    (ROOT / "Sources" / "CDocuments" / "openapi.json").write_text(text)


if __name__ == "__main__":
    main()
