"""Write Sources/CDocuments/openapi.json: openapi.yaml in JSON, as the server serves it. CI fails when the two differ."""
import json
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]

document = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
(ROOT / "Sources/CDocuments/openapi.json").write_text(text + "\n", encoding="utf-8")
