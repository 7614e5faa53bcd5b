// CaffePublicAPITests
