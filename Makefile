# Curbside Patrol. `make` alone lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
OUT ?= out/demo
PACE ?= 0
CUTS ?= 100
KILLS ?= 100
READS ?= 5000000
MINUTES ?= 10
SEEDS ?= 1-20
CARS ?= 50000
# Line numbers of others' C and C++ (BoringSSL, twice) are not worth their time; the index is, tests are found by it.
BUILD := swift build --disable-automatic-resolution -Xcc -g0 -Xcxx -g0
BIN := .build/debug
# The number of tests at once follows.
TESTS := .ci/failures-last swift test --disable-automatic-resolution --skip-build --experimental-maximum-parallelization-width
# Tests that wait for terminals and servers; beside those that compute, on two cores, they would wait in vain. Nor do
# all of either kind start at once: what one of them expects within a second would come too late.
WAITING := PatrolConsoleTests|SyncTests|GPSDTests|PrintQueueTests|TrackRecorders|LivePatrolTests

.PHONY: help setup resolve build demo watch test test-devices test-printing cut-link kill-store format lint score bench bench-live install
.PHONY: uninstall clean simulate

help: ## this list
	@printf 'make TARGET, one of:\n'
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

setup: ## install what the machine lacks (Debian packages, OpenVINO), by name and version
	@.ci/setup

resolve: setup
	@[ -f Package.resolved ] && [ -d .build/checkouts ] || { echo 'make: fetching the Swift packages'; swift package resolve; }

build: resolve ## build the three programs (debug; the pixel work is optimised all the same)
	@.ci/timed build $(BUILD)

demo: build ## the main job on embedded defaults: a recorded patrol from pictures to tickets (PACE=1: at real pace)
	@PACE=$(PACE) OUT=$(OUT) Fixtures/demo/run $(BIN)

watch: build ## the officer's console on that patrol, at the pace it was driven: accept and reject alerts yourself
	@Fixtures/demo/watch $(BIN)

test: resolve lint ## every test, each with its real counterpart
	@.ci/timed build $(BUILD) --build-tests
	@.ci/timed tests $(TESTS) 4 --skip '$(WAITING)'
	@.ci/timed 'waiting tests' $(TESTS) 6 --filter '$(WAITING)'

test-devices: build ## real kernel drivers in a guest machine: cameras that fail, vanish and return (CASES="usb vivid:formats")
	@Tests/TestBeds/test-devices $(BIN) $(CASES)

test-printing: build ## kill the printing process, cupsd and the printer at each state of a print; count the sheets
	@Tests/TestBeds/printing/run $(BIN)

cut-link: build ## kill vehicle and back office CUTS times while they sync, and compare what both kept
	@.ci/cut-link $(BIN) --cuts $(CUTS)

kill-store: build ## kill the vehicle's database KILLS times (100) in every kind of transaction, and fill its disk
	@.ci/kill-store $(BIN) --kills $(KILLS)

format: ## write all Swift sources in the project's format
	@swift format -i -p -r --configuration .swift-format Package.swift Sources Tests

lint: ## check the format, strictly
	@swift format lint --strict -p -r --configuration .swift-format Package.swift Sources Tests

score: build ## recognition scored on labelled photos: make score LABELS=path/labels.csv
	@[ -n "$(LABELS)" ] || { echo 'make: give LABELS=path/to/labels.csv'; exit 2; }
	@$(BIN)/patrol recognise --score $(LABELS)

simulate: build ## days of towns that never were: wrong tickets and misses, beside two baselines (SEEDS=1,2,3 CARS=50000)
	@$(BIN)/simulate --seeds $(SEEDS) --cars $(CARS)

bench-live: build ## four cameras at 15 frames a second into the live pipeline for MINUTES (10): losses, times, load
	@.ci/bench-live $(BIN) $(MINUTES)

install: build ## programs, libraries, units, udev rules and a first configuration (PREFIX, DESTDIR)
	@.ci/install $(BIN)

uninstall: ## take them away again; configuration and data stay
	@.ci/install --remove

bench: build ## speed, each figure as a ratio to a baseline in the same run
	@.ci/bench-import $(BIN)
	@.ci/bench-lists $(BIN)
	@.ci/bench-addresses $(BIN)
	@.ci/bench-evidence $(BIN)
	@.ci/bench-chalk $(BIN)
	@.ci/bench-recognition $(BIN)
	@$(BIN)/patrold database bench --reads $(READS)

clean: ## remove what was built and what the demonstration wrote
	@rm -rf .build out Package.resolved
