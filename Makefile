# The tutorials' make lines; the work is done by scripts/.
.PHONY: all test runtest pycaffe clean
.NOTPARALLEL:

all:
	scripts/build

# As in the original, `test` builds the tests and `runtest` runs them.
test: all
	swift build -c release --build-tests

runtest:
	scripts/test

pycaffe:
	@echo "The Python module isn't part of this version yet; the command and the Swift library are." >&2
	@exit 1

clean:
	rm -rf build .build
