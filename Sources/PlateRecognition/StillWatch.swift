// Whether a frame shows anything that was not looked at already: a car that waits at a light sees nothing new.
internal import Imaging

/// Compares frames by the mean grey of their 8x8 blocks.
struct StillWatch: Sendable {
    /// Pixels of a block's side, and by how many grey values its mean may differ: noise of some 3 grey values stays
    /// below, a plate that moves by one of its pixels does not.
    private static let side = 8
    private static let tolerance = 2
    /// Searches after which all of a still picture has been seen at all scales.
    private static let looks = PlateSearch.parts
    /// Seconds after which a frame is looked at again, however still it is.
    private static let mostSeconds = 1.0

    /// Of the frame since which nothing has changed.
    private var blocks: [UInt8] = []
    private var width = 0
    private var looks = 0
    private var looked = 0.0

    /// To be asked of each frame.
    /// - Returns: whether all that it shows was searched just now.
    mutating func knows(_ grey: GreyImage, at seconds: Double) -> Bool {
        let now = StillWatch.blocks(of: grey)
        let isSame =
            grey.width == width && now.count == blocks.count && !now.isEmpty
            && zip(now, blocks).allSatisfy { abs(Int($0) - Int($1)) <= StillWatch.tolerance }
        guard isSame else {
            (blocks, width, looks) = (now, grey.width, 0)
            return false
        }
        return looks >= StillWatch.looks && (0..<StillWatch.mostSeconds).contains(seconds - looked)
    }

    /// The frame that was asked of last has been searched.
    mutating func searched(at seconds: Double) {
        looks += 1
        looked = seconds
    }

    /// Means of whole blocks; what is left over at the right and lower edge is not looked at.
    private static func blocks(of grey: GreyImage) -> [UInt8] {
        let (columns, rows) = (grey.width / side, grey.height / side)
        var sums = [UInt16](repeating: 0, count: columns)
        var means: [UInt8] = []
        means.reserveCapacity(columns * rows)
        grey.pixels.withUnsafeBufferPointer { pixels in
            for row in 0..<rows {
                for column in 0..<columns { sums[column] = 0 }
                for line in 0..<side {
                    let start = (row * side + line) * grey.width
                    for column in 0..<columns {
                        var sum: UInt16 = 0
                        for place in 0..<side { sum &+= UInt16(pixels[start &+ column &* side &+ place]) }
                        sums[column] &+= sum
                    }
                }
                for column in 0..<columns { means.append(UInt8(sums[column] / UInt16(side * side))) }
            }
        }
        return means
    }
}
