# What a developer and the automatic check both use.  `make help` lists the verbs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CONFIGURATION ?= release
SWIFT_BUILD := swift build --explicit-target-dependency-import-check error
BIN = .build/$(CONFIGURATION)

PREFIX ?= /usr/local

.PHONY: help setup setup-tests build install uninstall demo test test-long mutants parity fuzz check ci lint format docs bench sanitize clean

help: ## Lists the verbs.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Installs what is missing from Debian; says what and why.
	@pipelines/tools/setup

setup-tests: ## Installs what the tests need besides, so that none is skipped.
	@pipelines/tools/setup tests

build: setup ## Builds everything, checking which target imports which.
	$(SWIFT_BUILD) -c $(CONFIGURATION)
	@pipelines/tools/link-plugins $(BIN)

install: build ## Installs the programs, the plugins and the SDK below PREFIX (/usr/local), and that below DESTDIR.
	@DESTDIR="$(DESTDIR)" pipelines/tools/install $(BIN) "$(PREFIX)"

uninstall: ## Removes what was installed below PREFIX.
	@DESTDIR="$(DESTDIR)" pipelines/tools/uninstall "$(PREFIX)"

demo: build ## Runs the pipelines on the sample photos through a daemon, and shows what was made.
	@pipelines/tools/demo $(BIN)

test: setup-tests ## Runs the tests.
	$(SWIFT_BUILD) --build-tests
	@pipelines/tools/link-plugins .build/debug
	swift test --skip-build --parallel

test-long: setup-tests ## Runs the tests with 200 random kills and a minute of each fuzzer.
	$(SWIFT_BUILD) --build-tests
	@pipelines/tools/link-plugins .build/debug
	LATTICE_TEST_LONG=1 swift test --skip-build --parallel
	@pipelines/tools/fuzz 60

mutants: setup ## Compiles small faults in and says which of them no test notices; WORDS="gc fsq" for some. Takes hours.
	@Tests/Mutants/mutants $(WORDS)

parity: build ## Holds the built programs against the authors' numbers; LATTICE_GOLDEN=FOLDER for larger files of them.
	$(SWIFT_BUILD) --build-tests
	LATTICE_PRODUCTS=$(abspath $(BIN)) swift test --skip-build --filter 'StagesTests.Golden'

fuzz: setup ## Runs libFuzzer for a minute on each reader of foreign bytes; SECONDS=600 for longer.
	@pipelines/tools/fuzz $(or $(SECONDS),60)

check: lint test ## Lint, build with the dependency check, tests.

ci: check docs ## What the automatic check runs: all of `check`, and the pages.

lint: ## Fails on style findings.
	swift format lint --strict --parallel --recursive Package.swift Sources Plugins Tests Fuzz

format: ## Rewrites the sources in the house style.
	swift format --in-place --parallel --recursive Package.swift Sources Plugins Tests Fuzz

docs: ## Makes the pages of StageSDK in .build-docs/site.
	@pipelines/tools/make-docs .build-docs/site

bench: build setup-tests ## Measures: whole pipelines against peers, kernels against their references.
	$(BIN)/lattice-bench

sanitize: setup-tests ## Runs the tests under the thread sanitizer.
	swift test --sanitize=thread -Xswiftc -use-ld=lld --scratch-path .build-tsan

clean: ## Removes what was built.
	rm -rf .build .build-*
