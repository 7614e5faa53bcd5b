import CaffeCore

extension ForwardingEngine {
  package func scaleChannels(_ shape: ChannelSpec, input: Buffer, scale: Buffer?, shift: Buffer?, output: Buffer) {
    forward(.scaleChannels, writing: [output]) {
      base.scaleChannels(shape, input: input, scale: scale, shift: shift, output: output)
    }
  }

  package func sumChannels(
    _ shape: ChannelSpec, _ a: Buffer, times b: Buffer?, alpha: Float, beta: Float, into result: Buffer
  ) {
    forward(.sumChannels, writing: [result]) {
      base.sumChannels(shape, a, times: b, alpha: alpha, beta: beta, into: result)
    }
  }

  package func divide(_ input: Buffer, byScalar divisor: Buffer, output: Buffer, count: Int) {
    forward(.divide, writing: [output]) {
      base.divide(input, byScalar: divisor, output: output, count: count)
    }
  }
}

extension ForwardingEngine {
  package func prelu(_ shape: ChannelSpec, input: Buffer, slopes: Buffer, output: Buffer) {
    forward(.prelu, writing: [output]) {
      base.prelu(shape, input: input, slopes: slopes, output: output)
    }
  }

  package func preluBackward(
    _ shape: ChannelSpec, input: Buffer, slopes: Buffer, outputGradient: Buffer, inputGradient: Buffer
  ) {
    forward(.preluBackward, writing: [inputGradient]) {
      base.preluBackward(
        shape, input: input, slopes: slopes, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }

  package func preluSlopeBackward(_ shape: ChannelSpec, input: Buffer, outputGradient: Buffer, slopeGradient: Buffer) {
    forward(.preluSlopeBackward, writing: [slopeGradient]) {
      base.preluSlopeBackward(shape, input: input, outputGradient: outputGradient, slopeGradient: slopeGradient)
    }
  }
}

extension ForwardingEngine {
  package func reduceRows(_ spec: RowReductionSpec, input: Buffer, output: Buffer) {
    forward(.reduceRows, writing: [output]) {
      base.reduceRows(spec, input: input, output: output)
    }
  }

  package func reduceRowsBackward(
    _ spec: RowReductionSpec, input: Buffer, outputGradient: Buffer, inputGradient: Buffer
  ) {
    forward(.reduceRowsBackward, writing: [inputGradient]) {
      base.reduceRowsBackward(spec, input: input, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
}

extension ForwardingEngine {
  package func gatherRows(_ spec: RowIndexSpec, rows: Buffer, indices: Buffer, output: Buffer) throws {
    try forward(.gatherRows, writing: [output]) {
      try base.gatherRows(spec, rows: rows, indices: indices, output: output)
    }
  }

  package func scatterAddRows(_ spec: RowIndexSpec, values: Buffer, indices: Buffer, into rows: Buffer) throws {
    try forward(.scatterAddRows, writing: [rows]) {
      try base.scatterAddRows(spec, values: values, indices: indices, into: rows)
    }
  }

  package func topK(_ spec: TopKSpec, input: Buffer, indices: Buffer?, values: Buffer?) {
    forward(.topK, writing: [indices, values]) {
      base.topK(spec, input: input, indices: indices, values: values)
    }
  }
}

extension ForwardingEngine {
  package func copyRegion(_ spec: RegionSpec, from source: Buffer, to target: Buffer) {
    forward(.copyRegion, writing: [target]) {
      base.copyRegion(spec, from: source, to: target)
    }
  }

  package func tile(_ spec: TileSpec, input: Buffer, output: Buffer) {
    forward(.tile, writing: [output]) {
      base.tile(spec, input: input, output: output)
    }
  }

  package func tileBackward(_ spec: TileSpec, outputGradient: Buffer, inputGradient: Buffer) {
    forward(.tileBackward, writing: [inputGradient]) {
      base.tileBackward(spec, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
}

extension ForwardingEngine {
  package func im2col(_ spec: ConvolutionSpec, input: Buffer, columns: Buffer) {
    forward(.im2col, writing: [columns]) {
      base.im2col(spec, input: input, columns: columns)
    }
  }

  package func col2im(_ spec: ConvolutionSpec, columns: Buffer, input: Buffer) {
    forward(.col2im, writing: [input]) {
      base.col2im(spec, columns: columns, input: input)
    }
  }
}

extension ForwardingEngine {
  package func lstmUnit(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    hidden: Operand
  ) {
    forward(.lstmUnit, writing: [cell.buffer, hidden.buffer]) {
      base.lstmUnit(
        spec, previousCell: previousCell, gates: gates, continuation: continuation, cell: cell, hidden: hidden)
    }
  }

  package func lstmUnitBackward(
    _ spec: RecurrentSpec, previousCell: Operand, gates: Operand, continuation: Operand, cell: Operand,
    cellGradient: Operand, hiddenGradient: Operand, previousCellGradient: Operand?, gateGradient: Operand?
  ) {
    forward(.lstmUnitBackward, writing: [previousCellGradient?.buffer, gateGradient?.buffer]) {
      base.lstmUnitBackward(
        spec, previousCell: previousCell, gates: gates, continuation: continuation, cell: cell,
        cellGradient: cellGradient, hiddenGradient: hiddenGradient, previousCellGradient: previousCellGradient,
        gateGradient: gateGradient)
    }
  }

  package func scaleRows(_ spec: RecurrentSpec, input: Operand, factors: Operand, beta: Float, output: Operand) {
    forward(.scaleRows, writing: [output.buffer]) {
      base.scaleRows(spec, input: input, factors: factors, beta: beta, output: output)
    }
  }
}

extension ForwardingEngine {
  package func transformPictures(
    _ spec: PictureSpec, bytes: Buffer, places: Buffer, mean: Buffer?, output: Buffer
  ) {
    forward(.transformPictures, writing: [output]) {
      base.transformPictures(spec, bytes: bytes, places: places, mean: mean, output: output)
    }
  }
}
