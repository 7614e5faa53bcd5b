// Caffe
