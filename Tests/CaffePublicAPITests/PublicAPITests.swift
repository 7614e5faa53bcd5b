// The tests of what a program sees that imports Caffe.
