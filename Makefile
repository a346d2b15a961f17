# `make demo` and `make test` are the main targets; both install what is missing first.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
# Targets that can run in parallel are marked further down.
ifeq ($(MAKELEVEL),0)
.NOTPARALLEL:
endif

STAGE := tests/setup/stage.sh
TARGET := $(or $(CARGO_TARGET_DIR),target)
VERSION := $(shell sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
ARGS ?=

# A wheel that runs on any Linux since 2014: zig links against that glibc.
WHEEL_FLAGS := --zig --compatibility manylinux2014
WHEEL := .cache/wheel-$(VERSION)
# Puts the program into the wheel that maturin built, compressed better than wheels can.
PACK_APP := tests/release/pack_app.py
# The demo's wheel: for this machine, without the optimisation of the whole program, which takes minutes.
DEMO_WHEELS := .cache/demo/wheels
DEMO_WHEEL := .cache/demo-wheel-$(VERSION)
# A stamp without its wheel is stale.
$(foreach stamp,$(WHEEL) $(DEMO_WHEEL),$(shell [ -e "$$(cat $(stamp) 2>/dev/null)" ] || rm -f $(stamp)))
# The commit that the page shows, marked if there are uncommitted changes.
export TELLR_COMMIT := $(shell git describe --always --abbrev=12 --exclude '*' --dirty 2>/dev/null)

# The timestamp in packages, fixed so that builds are reproducible.
export SOURCE_DATE_EPOCH := $(or $(shell git log -1 --format=%ct 2>/dev/null),1767225600)

PAGE_SOURCES := $(shell find frontend/src frontend/public frontend/build -type f 2>/dev/null) \
	$(wildcard frontend/*.json frontend/*.ts frontend/index.html)
RUST_SOURCES := Cargo.toml Cargo.lock rust-toolchain.toml \
	$(shell find runtime deployer-wasm -type f -not -path '*/target/*' -not -path '*/tests/*' 2>/dev/null)

# The npm package's built files: the module for a page with its JavaScript, and the one for a
# kernel.
PKG_PAGE := pkg/deployer.js pkg/deployer.d.ts pkg/deployer_bg.wasm
PKG := $(PKG_PAGE) pkg/kernel.wasm
PKG_SOURCES := Cargo.toml Cargo.lock rust-toolchain.toml pkg/build.sh pkg/package-lock.json deployer-wasm/Cargo.toml \
	$(shell find deployer-wasm/src pkg/bindgen -type f -not -path '*/tests/*' 2>/dev/null)

# The module that lays slides out in the page.
SLIDES_PAGE := runtime/slides/page/slides.js runtime/slides/page/slides_bg.wasm
SLIDES_SOURCES := Cargo.toml Cargo.lock rust-toolchain.toml pkg/package-lock.json \
	$(shell find runtime/slides pkg/bindgen -type f -not -path '*/tests/*' -not -name '*.md' -not -name 'slides*.js' \
		-not -name '*.wasm' 2>/dev/null)

# The Python package. External files are copied into its folder, so that installing builds nothing.
NOTEBOOK_WHEEL := dist/tellr-$(VERSION)-py3-none-any.whl
NOTEBOOK_STATIC := widget/src/tellr/static
NOTEBOOK_FRONT := $(shell find widget/front frontend/src/deploy frontend/src/components frontend/src/theme -type f 2>/dev/null)
NOTEBOOK_SOURCES := widget/pyproject.toml widget/README.md \
	$(shell find widget/src -type f -not -path '*/static/*' -not -name '*.pyc' 2>/dev/null)

NOTEBOOK_SDIST := dist/tellr-$(VERSION).tar.gz
NPM_TARBALL := dist/tellr-deployer-$(VERSION).tgz
# The licences of a package's components, beside its manifest.
NOTICES := THIRD-PARTY-NOTICES.txt
# The bill of materials.
BILL := dist/tellr-$(VERSION).cdx.json

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | \
		while IFS=$$'\t' read -r target text; do printf '  make %-13s %s\n' "$$target" "$$text"; done

.PHONY: setup
setup: ## Install what is missing for building and the demo
	@tests/setup/setup.sh

.PHONY: setup-release setup-tests
setup-release setup-tests:
	@tests/setup/setup.sh $(@:setup-%=%)

.PHONY: demo
demo: setup $(DEMO_WHEEL) ## Deploy Tellr into a workspace on this machine (ARGS=--once: check and exit)
	@$(STAGE) "local workspace" cargo build --profile demo --package local-workspace --package google-stand-in
	@. tests/setup/environment.sh && exec python3 tests/demo/demo.py \
		--workspace $(TARGET)/demo/local-workspace --google $(TARGET)/demo/google-stand-in --wheels $(DEMO_WHEELS) $(ARGS)

.PHONY: notebook
notebook: setup $(NOTEBOOK_WHEEL) $(DEMO_WHEEL) ## JupyterLab with the example notebook, beside a workspace on this machine
	@$(STAGE) "local workspace" cargo build --profile demo --package local-workspace
	@widget/tests/run.sh newest $(NOTEBOOK_WHEEL) --version >/dev/null
	@. tests/setup/environment.sh && exec python3 tests/demo/notebook.py \
		--workspace $(TARGET)/demo/local-workspace --wheels $(DEMO_WHEELS) --python .cache/widget/newest-*/bin/python $(ARGS)

# Of the local workspace's model, or of an endpoint that the environment names (tests/evaluate/evaluate.py).
EVALUATE := env PYTHONPATH=tests/setup python3 tests/evaluate/evaluate.py --app $(TARGET)/debug/tellr-app \
	--workspace $(TARGET)/debug/local-workspace --pictures $(TARGET)/debug/examples/pictures
.PHONY: evaluate
evaluate: setup ## Have the assistant make 30 decks: a table, and a report with their pictures (ARGS=--strict)
	@$(STAGE) "programs of the evaluation" cargo build --quiet --package local-workspace --package tellr-app --bins
	@$(STAGE) "pictures of slides" cargo build --quiet --package tellr-slides --example pictures
	@$(STAGE) "evaluation" $(EVALUATE) $(ARGS)

# Exports a deck, and says what is drawn of it. About as fast as what ships, and compiled in a fraction of the time.
EXPORTING := env CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
	cargo build --quiet --release --package tellr-slides --features export --example export --example lists
# The locale is for what reads text out of PDFs.
QUALITY := env LC_ALL=C.UTF-8 TELLR_EXPORT="$${TELLR_EXPORT:-$(abspath $(TARGET))/release/examples/export}" \
	TELLR_LISTS=$(abspath $(TARGET))/release/examples/lists .cache/quality/bin/python
.PHONY: quality
quality: setup-tests ## Export 90 decks, and check that the files are valid, editable and look like the decks (ARGS=--only=chart)
	@$(STAGE) "programs that export" $(EXPORTING)
	@$(STAGE) "quality of exported files" $(QUALITY) tests/quality/quality.py $(ARGS)

.PHONY: pkg
pkg: setup $(PKG) ## The npm package's built files in pkg/: the deployer as WebAssembly

.PHONY: lint
lint: setup-release quick-checks lints ## Formatting and lints only

# Seconds per target.
.PHONY: quick-checks
quick-checks:
	@$(STAGE) "format (Rust)" cargo fmt --all --check
	@$(STAGE) "format and lint (Python)" tests/setup/lint-python.sh
	@$(STAGE) "lint (shell)" shellcheck --external-sources --source-path tests/setup .ci/run \
		$(wildcard tests/setup/*.sh tests/figures/*.sh tests/release/*.sh pkg/*.sh runtime/slides/page/*.sh widget/tests/*.sh)
	@$(STAGE) "format and lint (page)" npm --prefix frontend run --silent lint
	@$(STAGE) "types (page)" npm --prefix frontend run --silent typecheck
	@$(STAGE) "format and lint (browser tests)" \
		frontend/node_modules/.bin/biome ci --config-path=frontend tests/browser tests/figures tests/module \
		tests/local-workspace/tests/node \
		tests/quality tests/simulation pkg/tests runtime/slides/page/tests deployer-wasm/tests widget/front
	@$(STAGE) "types (widget)" frontend/node_modules/.bin/tsc -p widget/front
	@$(STAGE) "types (npm package)" frontend/node_modules/.bin/tsc --noEmit --strict --types "" pkg/types.d.ts

.PHONY: lints
lints:
	@$(STAGE) "lint (Rust)" cargo clippy --quiet --workspace --all-targets -- -D warnings
	@$(STAGE) "lint (WebAssembly)" tests/setup/lint-wasm.sh
	@RUSTDOCFLAGS="-D warnings" $(STAGE) "documentation (Rust)" cargo doc --quiet --workspace --no-deps

# What fails fast comes first. Each line stops the run if it fails. Compilations run in parallel: a
# module or a wheel is optimised on one core for minutes. So do the tests in notebooks and those in
# browsers, which mostly wait. Measurements run alone.
.PHONY: test
test: setup-tests begin-test quick-checks ## Everything that is checked, with a summary of figures
	@$(STAGE) "types (browser tests)" frontend/node_modules/.bin/tsc -p tests/browser
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line built tested repository-and-page
	@$(STAGE) "types (page with its deployer)" frontend/node_modules/.bin/tsc -p frontend/tsconfig.package.json
	@$(STAGE) "kernel module" env DEPLOYER_WASM=pkg/kernel.wasm \
		node --test --test-reporter=dot pkg/tests/kernel.test.mjs
	@$(STAGE) "simulation (modules)" tests/figures/simulation-modules.sh 700 300 25 25
	@$(STAGE) "simulation (planted defects)" \
		cargo test --quiet --profile simulation --package simulation --test modules
	@$(STAGE) "npm package" node --test --test-reporter=dot pkg/tests/package.test.mjs
	@$(STAGE) "modules as shipped" node --test --test-reporter=dot \
		pkg/tests/configurations.test.mjs pkg/tests/looking.test.mjs pkg/tests/names.test.mjs
	@$(STAGE) "slides in the page" node --test --test-reporter=dot runtime/slides/page/tests/module.test.mjs
	@$(STAGE) "figures (modules)" node tests/figures/modules.mjs pkg/deployer_bg.wasm pkg/kernel.wasm
	@$(MAKE) --no-print-directory packages
	@$(STAGE) "packages" pytest --quiet tests/release
	@$(STAGE) "npm package's example" env DIST=dist node --test --test-reporter=dot tests/module/example.test.mjs
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line in-notebooks in-browsers
	@$(STAGE) "figures (slides)" tests/figures/slides.sh
	@$(STAGE) "figures (writers)" $(QUALITY) tests/quality/speed.py
	@$(STAGE) "figures (wheel)" env PYTHONPATH=tests/setup python3 tests/figures/wheel.py $$(cat $(WHEEL))
	@$(STAGE) "figures (server)" tests/figures/server.sh $$(cat $(WHEEL))
	@$(STAGE) "figures (assistant)" env PYTHONPATH=tests/setup python3 tests/figures/assistant.py $$(cat $(WHEEL)) \
		$(TARGET)/debug/local-workspace
	@$(STAGE) "figures (exports)" env PYTHONPATH=tests/setup python3 tests/figures/exports.py $$(cat $(WHEEL))
	@$(STAGE) "figures (notebook)" python3 tests/figures/notebook.py $(NOTEBOOK_WHEEL) .cache/widget/newest-*/bin/python
	@tests/setup/summary.sh

# Two hours on two cores.
.PHONY: soak
soak: setup $(PKG) ## Two million simulated deployments under faults, and 60,000 through the modules
	@$(STAGE) "simulation" tests/figures/simulation.sh 2000000 20000 5000
	@$(STAGE) "simulation (modules)" tests/figures/simulation-modules.sh 40000 20000 1000 500

.PHONY: begin-test
begin-test:
	@rm -rf .cache/setup/stages.tsv .cache/setup/figures
	@mkdir -p .cache/setup && date +%s >.cache/setup/began

# Everything that is published.
.PHONY: built
built: $(PKG) $(SLIDES_PAGE) pkg/$(NOTICES) $(WHEEL) $(NOTEBOOK_WHEEL)

# Everything that doesn't need it. Run one after the other: they share a folder that cargo locks.
.PHONY: tested
tested: lints
	@$(STAGE) "Rust tests" cargo test --quiet --workspace
	@$(STAGE) "figures (plan)" tests/figures/plan.sh
	@$(STAGE) "simulation" tests/figures/simulation.sh 100000
	@$(STAGE) "programs of the tests" cargo build --quiet --package local-workspace --package tellr-app --package google-stand-in
	@$(STAGE) "types of the API" npm --prefix frontend run --silent api-types -- --check

# The tests that compile nothing: they begin once one of the two above has ended.
.PHONY: repository-and-page
repository-and-page:
	@$(STAGE) "repository" pytest --quiet tests --ignore tests/release
	@$(STAGE) "page tests" npm --prefix frontend test --silent

# The published packages in their real environments, and the app's API; beside the browser tests, which take longer,
# also the evaluation and the exported files. Needs `built` and the programs of `tested`.
.PHONY: in-notebooks in-browsers
in-notebooks:
	@$(STAGE) "notebook tests (oldest)" widget/tests/run.sh oldest $(NOTEBOOK_WHEEL)
	@$(STAGE) "notebook tests (newest)" widget/tests/run.sh newest $(NOTEBOOK_WHEEL)
	@$(STAGE) "the same requests from three faces" env PYTHON="$$(ls .cache/widget/newest-*/bin/python)" \
		node --test --test-reporter=dot tests/module/journals.test.mjs
	@$(STAGE) "browser tests (notebooks)" widget/tests/browser.sh
	@$(STAGE) "evaluation (local model)" $(EVALUATE) --local --small --strict
	@$(STAGE) "programs that export" $(EXPORTING)
	@$(STAGE) "quality of exported files" $(QUALITY) tests/quality/quality.py
in-browsers:
	@$(STAGE) "API, explored" env PYTHONPATH=tests/setup python tests/api/explore.py $(TARGET)/debug/tellr-app
	@$(STAGE) "modules in a browser" node tests/module/run.mjs
	@$(STAGE) "browser tests" npm --prefix tests/browser test --silent

.PHONY: dist
dist: setup-release ## All packages in dist/, checked, with checksums and a bill of materials
	@$(MAKE) --no-print-directory packages

# Linked by zig, so no machine or library of that kind is needed. It isn't published, and `make test` doesn't build it.
ARM := aarch64-unknown-linux-gnu
.PHONY: wheel-aarch64
wheel-aarch64: setup-release frontend/dist/index.html runtime/LICENSE runtime/$(NOTICES) ## The app's wheel for Linux on aarch64, in dist/aarch64/
	@$(STAGE) "target $(ARM)" rustup --quiet target add $(ARM)
	@rm -rf dist/aarch64 .cache/built-aarch64
	@$(STAGE) "build the app (aarch64)" tests/setup/reproducibly.sh maturin build \
		--release --locked $(WHEEL_FLAGS) --target $(ARM) --manifest-path runtime/Cargo.toml --out .cache/built-aarch64
	@$(STAGE) "pack the wheel" python $(PACK_APP) .cache/built-aarch64 dist/aarch64
	@$(STAGE) "check the wheel" python tests/release/check_aarch64.py dist/aarch64

.PHONY: man
man: setup ## Manual pages of the command line, in dist/man/
	@$(STAGE) "manual pages" cargo run --quiet --package tellr-app --example man -- dist/man

# TEST=1: to the test index. DRY=1: only shows what would be uploaded.
.PHONY: publish
publish: setup-release ## Publish the packages, built anew from the commit (TEST=1, DRY=1)
	@. tests/setup/environment.sh && python tests/release/publish.py --before-building
	@rm -rf dist frontend/dist
	@$(MAKE) --no-print-directory packages
	@. tests/setup/environment.sh && python tests/release/publish.py $(if $(TEST),--test) $(if $(DRY),--dry-run)

.PHONY: packages
packages: $(WHEEL) $(NOTEBOOK_WHEEL) $(NOTEBOOK_SDIST) $(NPM_TARBALL)
	@$(STAGE) "bill of materials" python tests/release/sbom.py dist $(BILL)
	@$(STAGE) "check the packages" python tests/release/check.py dist
	@cd dist && sha256sum "$$(basename "$$(cat ../$(WHEEL))")" $(notdir $(NOTEBOOK_WHEEL) $(NOTEBOOK_SDIST) \
		$(NPM_TARBALL) $(BILL)) | tee SHA256SUMS

$(PKG_PAGE) &: $(PKG_SOURCES)
	@$(STAGE) "build the page's deployer" pkg/build.sh browser

# After the page's: cargo writes both modules to the same file.
$(SLIDES_PAGE) &: $(SLIDES_SOURCES)
	@$(STAGE) "build the page's slides" runtime/slides/page/build.sh

pkg/kernel.wasm: $(PKG_SOURCES) | $(PKG_PAGE)
	@$(STAGE) "build the kernel's deployer" pkg/build.sh kernel

frontend/dist/index.html: $(PAGE_SOURCES) $(PKG_PAGE) $(SLIDES_PAGE)
	@$(STAGE) "build the page" npm --prefix frontend run --silent build -- --logLevel warn
	@touch $@

# The path of the last built wheel.
$(WHEEL): frontend/dist/index.html runtime/LICENSE runtime/$(NOTICES) $(RUST_SOURCES) $(PACK_APP)
	@rm -rf dist/tellr_app-*.whl .cache/built
	@$(STAGE) "build the app" tests/setup/reproducibly.sh maturin build --release --locked $(WHEEL_FLAGS) \
		--manifest-path runtime/Cargo.toml --out .cache/built
	@$(STAGE) "pack the wheel" python $(PACK_APP) .cache/built dist
	@ls dist/tellr_app-$(VERSION)-*.whl > $@

$(DEMO_WHEEL): frontend/dist/index.html runtime/LICENSE runtime/$(NOTICES) $(RUST_SOURCES) $(PACK_APP)
	@rm -rf $(DEMO_WHEELS) .cache/demo/built
	@$(STAGE) "build the app" maturin build --profile demo --locked --compatibility linux \
		--manifest-path runtime/Cargo.toml --out .cache/demo/built
	@$(STAGE) "pack the wheel" python $(PACK_APP) --fast .cache/demo/built $(DEMO_WHEELS)
	@ls $(DEMO_WHEELS)/tellr_app-$(VERSION)-*.whl > $@

$(NOTEBOOK_STATIC)/%: pkg/%
	@mkdir -p $(@D)
	@cp $< $@

$(NOTEBOOK_STATIC)/deployer.js: $(PKG_PAGE) $(NOTEBOOK_FRONT)
	@mkdir -p $(@D)
	@$(STAGE) "build the widget" node widget/front/build.mjs

$(NOTEBOOK_WHEEL) $(NOTEBOOK_SDIST) &: LICENSE widget/$(NOTICES) tests/release/pack-notebook.sh $(NOTEBOOK_SOURCES) \
		$(addprefix $(NOTEBOOK_STATIC)/,deployer.js kernel.wasm workspace_routes.json)
	@mkdir -p $(@D)
	@$(STAGE) "build the notebook's packages" tests/release/pack-notebook.sh $(@D)
	@touch $(NOTEBOOK_WHEEL) $(NOTEBOOK_SDIST)

$(NPM_TARBALL): $(PKG_PAGE) $(wildcard pkg/*.json pkg/types.d.ts) pkg/README.md pkg/$(NOTICES) LICENSE \
		tests/release/pack-npm.sh
	@mkdir -p $(@D)
	@$(STAGE) "pack the npm package" tests/release/pack-npm.sh $(@D)

# Each package contains the licence; git has one copy.
runtime/LICENSE: LICENSE
	@cp $< $@

# And the licences of its components.
runtime/$(NOTICES): CONTENTS = tellr-app
widget/$(NOTICES): CONTENTS = tellr
pkg/$(NOTICES): CONTENTS = @tellr/deployer
%/$(NOTICES): Cargo.toml Cargo.lock frontend/package-lock.json LICENSE tests/release/notices.py tests/release/sbom.py
	@$(STAGE) "notices of $(CONTENTS)" python tests/release/notices.py $(CONTENTS) $@
