// CaffeSolversTests
