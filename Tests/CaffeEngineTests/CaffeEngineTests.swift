// CaffeEngineTests
