# What a person types. `make run` and `make test` need Swift 6.3 and nothing else; the targets that compare with
# PyTorch make their own Python environment in .venv.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

HOST ?= 127.0.0.1
PORT ?= 8080
SWIFT ?= swift

RELEASE := .build/release
# The import check rides along with every debug build, so that it needs no build of its own.
DEBUG_BUILD := $(SWIFT) build --quiet --build-tests --explicit-target-dependency-import-check error
# Short relocations save the server a megabyte, where the C library knows them.
SHORT_RELOCATIONS := $(shell printf '%s\n' 2.36 "$$(getconf GNU_LIBC_VERSION | cut -d ' ' -f 2)" | sort -CV \
	&& echo -Xlinker -z -Xlinker pack-relative-relocs)
RELEASE_BUILD := $(SWIFT) build --quiet -c release --static-swift-stdlib
# The fuzzer: instrumented, so in a folder of its own. SECONDS is a variable of bash's own, hence the copy.
FUZZ := .build-fuzz
FUZZ_SECONDS := $(or $(SECONDS),60)
PROBES ?= wire json npy safetensors multipart inference gzip layer onnx
PYTHON := .venv/bin/python
# A Python with the frameworks to compare with; without them only our own times are shown.
PEERS ?= python3
REQUIREMENTS := Tests/Tools/requirements.txt
# A server of the release build on a free port, for the command that follows; or the one at $$CONVSERVE_URL.
WITH_SERVER := Tests/Tools/with-server
# What these measure or kill is the release build, even if a debug build is newer.
conformance bounds restart crash load gzip memory infer: export CONVSERVE_BINARY := $(or $(CONVSERVE_BINARY),$(abspath $(RELEASE)/convserve))

.PHONY: help
help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: build ## build in release mode and serve on 127.0.0.1:8080 (HOST=, PORT=)
	@exec $(RELEASE)/convserve serve --host $(HOST) --port $(PORT)

.PHONY: build
build: system-libraries ## build the server in release mode
	@echo "building in release mode (the first time takes some minutes)"
	@$(RELEASE_BUILD) --product convserve $(SHORT_RELOCATIONS)

.PHONY: test
test: system-libraries ## build and run all tests
	@echo "building the tests"
	@$(DEBUG_BUILD)
	@$(SWIFT) test --skip-build

.PHONY: imports
imports: system-libraries ## check that each module imports only what the manifest lets it
	@$(DEBUG_BUILD)
	@.ci/check-sources

.PHONY: format
format: ## format the Swift sources in place
	@$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

.PHONY: lint
lint: ## check the Swift sources' format
	@$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

.PHONY: fuzz
fuzz: system-libraries ## let libFuzzer look for inputs that break a reader (SECONDS=60 each, PROBES="wire json npy safetensors multipart inference gzip layer onnx")
	@echo "building the fuzzer in release mode (the first time takes some minutes)"
	@CONVSERVE_FUZZ=1 $(SWIFT) build --quiet -c release --scratch-path $(FUZZ) --product convfuzz \
	    -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=address,fuzzer-no-link
	@Tests/Tools/fuzz $(FUZZ)/release/convfuzz $(FUZZ_SECONDS) $(PROBES)

.PHONY: sanitize
sanitize: sanitize-address sanitize-thread ## run the tests of threads and of strangers' bytes with both sanitizers

# What threads share and what strangers send: the rest of the tests would say nothing more here, and take long.
ADDRESS_TESTS := ^(HTTPServer|HTTPWire|TensorCoding|Compression|ONNXImport|InputProbe)Tests\.|TeamTests|ComputeQueueTests
THREAD_TESTS := ^HTTPServerTests\.|TeamTests|CancellationTests|ComputeQueueTests|SharedWritingTests|ParallelDeflaterTests|ConvolutionServiceTests\.(Admission|Door|RateLimit|AccessLog|Metrics)Tests|LineLogHandlerTests
# Sanitizers' own symbols make gold warn in hundreds of lines.
WITHOUT_WARNINGS := 2>&1 | { grep -v 'ld.gold: warning: Cannot export local symbol' || true; }

# XCTest's runner, which runs nothing here, leaks.
.PHONY: sanitize-address
sanitize-address: system-libraries ## run them with the address sanitizer
	@echo "building the tests with the address sanitizer"
	@$(SWIFT) build --quiet --build-tests --sanitize=address --scratch-path .build-address $(WITHOUT_WARNINGS)
	@$(SWIFT) test --skip-build --disable-xctest --sanitize=address --scratch-path .build-address \
	    --filter '$(ADDRESS_TESTS)'

.PHONY: sanitize-thread
sanitize-thread: system-libraries ## run them with the thread sanitizer
	@echo "building the tests with the thread sanitizer"
	@$(SWIFT) build --quiet --build-tests --sanitize=thread --scratch-path .build-thread $(WITHOUT_WARNINGS)
	@clang -shared -fPIC -O1 -Wall -Wextra -Werror -o .build-thread/mutex-order.so Tests/ThreadSanitizer/mutex-order.c
	@LD_PRELOAD="$$PWD/.build-thread/mutex-order.so" $(SWIFT) test --skip-build --disable-xctest --sanitize=thread \
	    --scratch-path .build-thread --filter '$(THREAD_TESTS)'

.PHONY: examples
examples: build ## send the example networks to a server and check its answers
	@$(WITH_SERVER) examples/check

.PHONY: conformance
conformance: build .venv/made ## check a running server against openapi.yaml, the golden cases and the error cases
	@$(WITH_SERVER) Tests/Conformance/run

.PHONY: differential
differential: build .venv/made ## compare a running server with PyTorch on random requests (ARGUMENTS="--count 500")
	@$(WITH_SERVER) $(PYTHON) Tests/Tools/differential.py $(ARGUMENTS)

.PHONY: bounds
bounds: build ## measure what 10,000 idle and 1,000 slow connections, and long computations, cost the others
	@Tests/Tools/bounds.py

.PHONY: restart
restart: build ## restart two servers behind nginx under load, and count lost requests (ARGUMENTS="--rounds 9")
	@command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || .ci/install nginx-light
	@Tests/Tools/restart.py $(ARGUMENTS)

.PHONY: crash
crash: build ## kill a server while models are replaced, and look at what is left (ARGUMENTS="--rounds 200")
	@Tests/Tools/crash.py $(ARGUMENTS)

.PHONY: load
load: build ## measure requests a second beside nginx and FastAPI, where they are there (ARGUMENTS="--turns 9")
	@Tests/Tools/load.py $(ARGUMENTS)

.PHONY: gzip
gzip: build ## measure the compressing of a large answer beside zlib's (ARGUMENTS="--levels 1 9")
	@Tests/Tools/gzip_speed.py $(ARGUMENTS)

.PHONY: memory
memory: build ## measure the peak memory of requests with large bodies (ARGUMENTS="--megabytes 8 200")
	@Tests/Tools/memory.py $(ARGUMENTS)

.PHONY: infer
infer: build ## measure inference over HTTP beside FastAPI with ONNX Runtime (PEERS=python, ARGUMENTS="resnet50 --threads 1")
	@$(PEERS) Tests/Tools/infer.py $(ARGUMENTS)

.PHONY: golden
golden: .venv/made ## write the golden cases of Tests/Cases anew
	@$(PYTHON) Tests/Tools/make_cases.py
	@$(PYTHON) examples/expected/make_expected.py
	@$(PYTHON) Tests/TensorCodingTests/Cases/make_files.py

.PHONY: openapi
openapi: .venv/made ## write openapi.json anew from openapi.yaml
	@$(PYTHON) Tests/Tools/openapi_json.py

.PHONY: image-test
image-test: ## build the container image for real, and use it
	@Tests/Image/run

.PHONY: bench
bench: system-libraries ## measure layers beside torch, ONNX Runtime and others (PEERS=python, ARGUMENTS="--threads 1 --only max"), or a LAYERS=, BODY= or REQUEST= file alone
	@echo "building in release mode (the first time takes some minutes)"
	@$(RELEASE_BUILD) --product convbench
	@if [[ -n "$(LAYERS)" ]]; then $(RELEASE)/convbench layers "$(LAYERS)" $(ARGUMENTS); fi
	@if [[ -n "$(BODY)" ]]; then $(RELEASE)/convbench json "$(BODY)"; fi
	@if [[ -n "$(REQUEST)" ]]; then $(RELEASE)/convbench request "$(REQUEST)" $(ARGUMENTS); fi
	@if [[ -z "$(LAYERS)$(BODY)$(REQUEST)" ]]; then $(PEERS) Tests/Benchmarks/bench.py $(ARGUMENTS); fi

.PHONY: neon
neon: ## run the NEON kernels beside the portable ones, under an emulator where this is no Arm
	@Tests/Tools/neon

.PHONY: numbers
numbers: system-libraries .venv/made ## measure reading and writing numbers as JSON beside orjson (BODY=FILE for one more)
	@$(RELEASE_BUILD) --product convbench
	@$(PYTHON) Tests/Tools/json_numbers.py $(BODY) $(ARGUMENTS)

.PHONY: floats
floats: system-libraries ## write all 2^32 floats as JSON, compare with the portable kernels and read them back (minutes, on all cores)
	@$(RELEASE_BUILD) --product convbench
	@$(RELEASE)/convbench floats

# The two headers that the build needs. apt is asked only for what is missing.
.PHONY: system-libraries
system-libraries:
	@missing=(); \
	[[ -e /usr/include/zlib.h ]] || missing+=(zlib1g-dev); \
	[[ -e /usr/include/openssl/ssl.h ]] || missing+=(libssl-dev); \
	if (( $${#missing[@]} )); then .ci/install "$${missing[@]}"; fi

.venv/made: $(REQUIREMENTS)
	@python3 -c 'import ensurepip, venv' 2>/dev/null || .ci/install python3-venv
	@echo "making .venv from $(REQUIREMENTS)"
	@python3 -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check -r $(REQUIREMENTS)
	@touch $@
