"""The messages of caffe.proto."""
