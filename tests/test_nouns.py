"""The number of a noun."""

from __future__ import annotations

import pytest

from prompt_edit.nouns import may_be_several, plural, singular


@pytest.mark.parametrize(("one", "many"), [
    ("hat", "hats"), ("dress", "dresses"), ("box", "boxes"), ("baby", "babies"), ("toy", "toys"),
    ("old man", "old men"), ("person", "people"), ("cup of tea", "cups of tea"),
    ("jeans", "jeans"), ("women", "women"), ("policeman", "policemen"), ("human", "humans"),
    ("gentlemen", "gentlemen"), ("grandchild", "grandchildren"), ("housewife", "housewives"),
    ("bookshelf", "bookshelves"), ("specimen", "specimens"), ("salesperson", "salespeople"),
    ("doberman", "dobermans"), ("walkman", "walkmans"), ("lumen", "lumens"),
])  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize(("many", "one"), [
    ("bags", "bag"), ("red bags", "red bag"), ("cups of tea", "cup of tea"), ("people", "person"),
    ("women with hats", "woman with hats"), ("boxes", "box"), ("dresses", "dress"),
    ("gentlemen", "gentleman"), ("old businesswomen", "old businesswoman"),
    ("snowmen", "snowman"), ("grandchildren", "grandchild"), ("wives", "wife"),
    ("midwives", "midwife"), ("thieves", "thief"), ("olives", "olive"), ("sleeves", "sleeve"),
    ("ramen", "ramen"), ("specimens", "specimen"), ("humans", "human"), ("lumen", "lumen"),
    ("puppies", "puppy"), ("houses", "house"), ("bushes", "bush"),
    ("pants", "pants"), ("glasses", "glasses"), ("bus", "bus"), ("grass", "grass"), ("hat", "hat"),
])  # fmt: skip
def test_the_singular(many: str, one: str) -> None:
    assert singular(many) == one


@pytest.mark.parametrize("phrase", ["hats", "red sheep", "glasses", "men", "fish with spots"])
def test_what_may_be_several(phrase: str) -> None:
    assert may_be_several(phrase)


@pytest.mark.parametrize("phrase", ["hat", "walrus", "man with hats", "iris", "bus", "dress"])
def test_what_is_one(phrase: str) -> None:
    assert not may_be_several(phrase)
