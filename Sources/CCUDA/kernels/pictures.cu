// Pictures of bytes made into values.

KERNEL void transform_pictures(
    caffe_gpu_pictures shape, const unsigned char *bytes, const float *places, const float *mean, float *output,
    Index count) {
  Index pictureBytes = (Index)shape.channelCount.divisor * shape.height * shape.width;
  EACH(i, count) {
    // Columns, rows, channels and pictures of the output, from the inside out; there are less than 2^31 values.
    int rest = quotient((int)i, shape.outputWidth), column = modulus((int)i, shape.outputWidth);
    int plane = quotient(rest, shape.outputHeight), row = modulus(rest, shape.outputHeight);
    int item = quotient(plane, shape.channelCount), channel = modulus(plane, shape.channelCount);
    const float *place = places + item * 4;
    if (place[3] != 0) column = (int)shape.outputWidth.divisor - 1 - column;
    Index pixel = ((Index)channel * shape.height + (int)place[1] + row) * shape.width + (int)place[2] + column;
    float value = (float)bytes[(Index)place[0] * pictureBytes + pixel];
    if (shape.mean == 1) value = __fsub_rn(value, mean[channel]);
    if (shape.mean == 2) value = __fsub_rn(value, mean[pixel]);
    output[i] = __fmul_rn(value, shape.scale);
  }
}

EXPORT(transform_pictures)
