// CaffeDataTests
