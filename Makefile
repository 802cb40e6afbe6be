# What the targets do stands in README.md; `make` alone builds.
export CGO_ENABLED = 0
GO        ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
ROUNDS    ?= 20
SOAK      ?= 1h
SCREENS   ?= 5m

.PHONY: build demo run test lint bench peers torture screens soak clean

build:
	$(GO) build -trimpath -ldflags "-s -w" -o bin/hearth ./cmd/hearth

demo: build
	./bin/hearth demo

run: build
	./bin/hearth serve

test:
	./.ci/parts
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	./.ci/suite

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

bench: build
	$(GO) test -run '^$$' -bench . -benchmem ./text ./jsonread ./match ./network/bluesky ./analysis/... ./archive/... ./firehose
	./bin/hearth bench

# Hearth against its peers, in one run; writes bench/README.md.
peers:
	cd bench && $(GO) run . -write

# The same crash and fault tests as `make test`, at full count.
torture:
	HEARTH_KILL_ROUNDS=100 $(GO) test -count=1 -timeout 180m ./db ./archive ./ingest ./monitor ./copies ./topic ./server ./cmd/hearth
	HEARTH_WALK=1000000 $(GO) test -count=1 -timeout 120m -run RandomWalks ./access
	HEARTH_GUESSES=10000 $(GO) test -count=1 -run OfTenThousand ./access
	HEARTH_CELLS_SHARE=1 $(GO) test -count=1 -timeout 60m -run TestNobodyReaches .

# How soon a new post is on the page of an open browser at 13,889 posts a second.
screens: build
	$(GO) run ./firehose/soak -hearth bin/hearth -screens -for $(SCREENS)

# The real program for SOAK at 13,889 posts a second, while things go wrong.
soak: build
	$(GO) run ./firehose/soak -hearth bin/hearth -for $(SOAK)

clean:
	rm -rf bin
