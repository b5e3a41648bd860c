# What people type. The work is done by Maven, and by the scripts in dev/ that work without make as well.
.DEFAULT_GOAL := help
.PHONY: help run sandbox test simulate build crds bench chaos clean

SCALE ?= 20
ONCE ?=
SEEDS ?= 10000
SEED ?=
PART ?=
STACKS ?=
POINTS ?= 0
MVN ?= mvn
export MVN

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18
	@echo "  variables:  ONCE=1  run: also delete, check that nothing is left, and end"
	@echo "              SEEDS=$(SEEDS), SEED=k  simulate: how many stories, or which one"
	@echo "              POINTS=n, SEED=k  chaos: a sample of so many points, chosen by k (0: all)"
	@echo "              PART=name, STACKS=n  bench: one of its parts alone; the size of its large fleet (1000)"
	@echo "              SCALE=$(SCALE)  how many times faster than life the sandbox AWS runs (1: real durations)"

run: ## the seed's stack, end to end: API server, sandbox AWS, operator, the JSON through the private API
	@dev/python -m devrun run --scale $(SCALE) $(if $(filter-out 0,$(ONCE)),--once)

sandbox: ## the API server and the sandbox AWS alone, to develop against, until Ctrl-C
	@dev/python -m devrun sandbox --scale $(SCALE)

test: ## all tests, on a real API server and the sandbox AWS
	@dev/test

simulate: ## SEEDS random stories on an AWS in memory; SEED=k tells that one
	$(MVN) -B -q -ntp -Psimulate process-test-classes exec:exec -Dseeds="$(or $(SEED),1 $(SEEDS))"

build: ## target/private-api-operator.jar
	@dev/build

crds: ## regenerate crds/, and the chart's copy, from the Java classes
	$(MVN) -B -q -ntp -Pcrds process-test-classes exec:exec
	cp crds/*.yml charts/private-api-operator/crds/

bench: ## what it takes in time, calls and memory, against what is wanted: all parts, or PART=stack|rush|fleet|edits
	@dev/python -m devrun bench $(PART) $(if $(filter-out file,$(origin SCALE)),--scale $(SCALE)) $(if $(STACKS),--stacks $(STACKS))

chaos: ## kill the operator before and after each call that it makes, POINTS=n of them, and start it again
	@dev/python -m devrun chaos --scale $(if $(filter file,$(origin SCALE)),200,$(SCALE)) --points $(POINTS) --seed $(or $(SEED),1)

clean: ## remove what was built here; the caches outside the tree stay
	rm -rf target .run
