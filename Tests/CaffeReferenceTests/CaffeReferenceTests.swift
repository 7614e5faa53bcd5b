// CaffeReferenceTests
