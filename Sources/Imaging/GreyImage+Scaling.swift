// Making a picture smaller by averaging areas, so that nothing aliases.

extension GreyImage {
    /// Half the width and height (rounded down, at least 1), areas averaged.
    package func halved() -> GreyImage {
        guard width % 2 == 0, height % 2 == 0 else {
            return scaledDown(width: max(1, width / 2), height: max(1, height / 2))
        }
        let half = width / 2
        return pixels.withUnsafeBufferPointer { source in
            GreyImage(trustedWidth: half, height: height / 2) { target in
                guard let base = source.baseAddress else { return }
                for row in 0..<(height / 2) {
                    let upper = base + row * 2 * width
                    let lower = upper + width
                    let output = target + row * half
                    for column in 0..<half {
                        let left = UInt16(upper[column &* 2]) &+ UInt16(lower[column &* 2])
                        let right = UInt16(upper[column &* 2 &+ 1]) &+ UInt16(lower[column &* 2 &+ 1])
                        output[column] = UInt8(truncatingIfNeeded: (left &+ right &+ 2) >> 2)
                    }
                }
            }
        }
    }

    /// Each new pixel is the mean of the area that it covers; a side that would grow keeps its length.
    package func scaledDown(width newWidth: Int, height newHeight: Int) -> GreyImage {
        let newWidth = min(max(1, newWidth), width)
        let newHeight = min(max(1, newHeight), height)
        let columns = GreyImage.shares(from: width, to: newWidth)
        let rows = GreyImage.shares(from: height, to: newHeight)
        var line = [Float](repeating: 0, count: width)
        return pixels.withUnsafeBufferPointer { source in
            GreyImage(trustedWidth: newWidth, height: newHeight) { target in
                for (y, row) in rows.enumerated() {
                    for column in 0..<width { line[column] = 0 }
                    for (offset, share) in row.weights.enumerated() {
                        let start = (row.first + offset) * width
                        for column in 0..<width { line[column] += Float(source[start + column]) * share }
                    }
                    for (x, column) in columns.enumerated() {
                        var sum: Float = 0.5
                        for (offset, share) in column.weights.enumerated() {
                            sum += line[column.first + offset] * share
                        }
                        target[y * newWidth + x] = UInt8(min(max(sum, 0), 255))
                    }
                }
            }
        }
    }

    /// For each of `count` new pixels the old ones it covers, and the share (summing to 1) of each.
    private static func shares(from length: Int, to count: Int) -> [(first: Int, weights: [Float])] {
        let step = Double(length) / Double(count)
        return (0..<count).map { index in
            let start = Double(index) * step
            let end = min(start + step, Double(length))
            let first = Int(start)
            let last = max(first, min(length - 1, Int((end - 1e-9).rounded(.down))))
            let weights = (first...last).map { pixel in
                Float((min(end, Double(pixel + 1)) - max(start, Double(pixel))) / step)
            }
            return (first, weights)
        }
    }
}
