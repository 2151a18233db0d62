# 办结 Banjie：所有命令都在这里。`make help` 列出它们；首次运行会自己做好准备（见 scripts/setup.sh）。
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The parts of `make test` follow one another, so that what failed is the last thing printed.
.NOTPARALLEL:

BIN := .venv/bin
# Arguments for the command behind a target, e.g. make demo ARGS="--port 9000", make tests ARGS="-k clock".
ARGS ?=
# Workers for pytest; a file's tests stay together, so that its fixtures are built once.
WORKERS ?= 2

define announce
@printf '\n== %s\n' "$(1)"
endef

.PHONY: help
help: ## 列出全部命令
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo test setup
demo: ## 启动演示城市澜江市，打印网址（参数：ARGS="--port 9000"）
	@scripts/setup.sh demo
	@$(BIN)/banjie demo $(ARGS)

test: ready-to-test style types layers ## 全部检查：格式、类型、分层、测试、浏览器流程、安装包
	$(call announce,测试：引擎、记录、页面、浏览器流程（Chromium）、安装包)
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

setup: ## 只准备虚拟环境 .venv
	@scripts/setup.sh python

.PHONY: ready-to-test
ready-to-test:
	@scripts/setup.sh test

.PHONY: style types layers tests journeys walk wheel bench format lock hooks messages
style: setup ## 格式与写法（ruff）
	$(call announce,格式与写法（ruff）)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: setup ## 类型（mypy --strict）
	$(call announce,类型（mypy --strict）)
	@MYPYPATH=. $(BIN)/mypy --explicit-package-bases src/banjie tests

layers: setup ## 分层约定（import-linter）
	$(call announce,分层约定（import-linter）)
	@$(BIN)/lint-imports --no-logo

tests: ready-to-test ## 除浏览器流程和安装包以外的测试（参数：ARGS="-k clock"）
	$(call announce,测试（不含浏览器流程和安装包）)
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not slow" --ignore tests/journeys $(ARGS)

journeys: ready-to-test ## 浏览器流程（Chromium）
	$(call announce,浏览器流程（Chromium）)
	@$(BIN)/pytest tests/journeys $(ARGS)

walk: ready-to-test ## 以每种身份走遍演示城市的全部页面（axe、窄屏、长辈版，几分钟）
	$(call announce,走遍全站)
	@BANJIE_WALK=1 $(BIN)/pytest tests/journeys $(ARGS)

wheel: setup ## 生成安装包 dist/*.whl
	$(call announce,安装包)
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist
	@ls -l dist

bench: setup ## 测速：与同一机器上的极限相比（参数：ARGS="--json"）
	$(call announce,测速)
	@$(BIN)/banjie bench spine $(ARGS)

messages: setup ## 英文译文：把 .po 合成页面读的 banjie.mo（参数：ARGS=--missing）
	@$(BIN)/python scripts/messages.py $(ARGS)

format: setup ## 自动整理格式
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

hooks: setup ## 安装提交前检查（pre-commit）
	@$(BIN)/pre-commit install

# Computed from PyPI alone and without the options of the machine it runs on: the locks must install anywhere.
COMPILE = env -u PIP_FIND_LINKS $(BIN)/uv pip compile --quiet --no-config --generate-hashes --strip-extras \
	--python-version 3.11 --custom-compile-command "make lock" $(ARGS) pyproject.toml

lock: setup ## 重新计算锁定文件（升级全部：ARGS=--upgrade）
	$(call announce,运行所需：requirements.lock)
	@$(COMPILE) --output-file requirements.lock
	$(call announce,开发所需：requirements-dev.lock)
	@$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
