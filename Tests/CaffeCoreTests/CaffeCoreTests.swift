// CaffeCoreTests
