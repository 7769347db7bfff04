"""What names of garments say."""

from __future__ import annotations

import pytest

from prompt_edit.garments import cut_of, needs


@pytest.mark.parametrize(
    "phrase, starts, reaches, sleeved",
    [
        ("red shorts", 0.46, 0.67, False),
        ("a pair of blue jeans", 0.46, 0.93, False),
        ("slim-fit jean", 0.46, 0.93, False),
        ("long jeans", 0.46, 0.93, False),
        ("cropped pants", 0.46, 0.85, False),
        ("Knee-length shorts", 0.46, 0.75, False),
        ("long shorts", 0.46, 0.75, False),
        ("short skirt", 0.46, 0.67, False),
        ("floor length white dress with dots", 0.2, 0.93, False),
        ("longer skirt", 0.46, 0.93, False),
        ("midi skirt", 0.46, 0.85, False),
        ("pleated skirts", 0.46, 0.75, False),
        ("red dress, elegant", 0.2, 0.75, False),
        ("long, flowing dress.", 0.2, 0.93, False),
        ("dress made of silk", 0.2, 0.75, False),
        ("long skirt with a short slit", 0.46, 0.93, False),
        ("white t-shirt", 0.2, 0.56, False),
        ("long-sleeved shirt", 0.2, 0.56, True),
        ("long sleeve shirt", 0.2, 0.56, True),
        ("shirt with long sleeves", 0.2, 0.56, True),
        ("dress with long sleeves", 0.2, 0.75, True),
        ("long-sleeve long dress", 0.2, 0.93, True),
        ("jacket over a white t-shirt", 0.2, 0.56, True),
        ("white shirt under a black coat", 0.2, 0.56, False),
        ("leather jacket", 0.2, 0.56, True),
        ("sleeveless jacket", 0.2, 0.56, False),
        ("long black coat", 0.2, 0.93, True),
        ("coat for the winter", 0.2, 0.75, True),
        ("dark suit", 0.2, 0.93, True),
        ("bathing suit", 0.26, 0.56, False),
        ("space suit", 0.2, 0.93, True),
        ("tank top", 0.2, 0.56, False),
        ("crop top", 0.2, 0.56, False),
        ("long blond hair", 0.0, 2.4, False),
        ("long, wavy hair", 0.0, 2.4, False),
        ("long shoulder length hair", 0.0, 1.7, False),
        ("gray hair", 0.0, 0.0, False),
    ],
)
def test_how_a_garment_is_cut(phrase: str, starts: float, reaches: float, sleeved: bool) -> None:
    cut = cut_of(phrase)
    assert cut and (cut.start, cut.reach, cut.sleeved) == (starts, reaches, sleeved)


@pytest.mark.parametrize("phrase", ["hat", "cup of tea", "shoes", "dressing table", "hairy dog",
                                    "bag with a skirt", "necklace", "roof top", "table top", "",
                                    "coating", "water tank", "top hat"])  # fmt: skip
def test_what_is_no_garment_is_not_cut(phrase: str) -> None:
    assert cut_of(phrase) is None


@pytest.mark.parametrize("old, new, expected", [
    ("shorts", "jeans", True), ("jeans", "shorts", False),
    ("shirt", "dress", True), ("dress", "shirt", False),
    ("t-shirt", "hoodie", True), ("hoodie", "t-shirt", False),
    ("skirt", "dress", True), ("pants", "long skirt", True), ("pants", "short skirt", False),
    ("bikini", "t-shirt", True), ("shirt", "blue shirt", False),
    ("hair", "long hair", True), ("hair", "coat", False), ("cup", "coat", False),
])  # fmt: skip
def test_what_needs_room(old: str, new: str, expected: bool) -> None:
    assert needs(cut_of(old), cut_of(new)) is expected
