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

# Then `pip install ./python`, or python/ on PYTHONPATH.
pycaffe:
	scripts/build-library

clean:
	rm -rf build .build
