// CaffeProto
