// CaffeProtoTests
