// CaffeCommandTests
