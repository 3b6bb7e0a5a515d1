"""Pictures of the documents: there, used, and light."""
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = sorted((ROOT / "docs" / "images").iterdir())


def test_pictures_are_light():
    assert sum(path.stat().st_size for path in IMAGES) <= 300_000
    assert {path.suffix for path in IMAGES} == {".png"}
