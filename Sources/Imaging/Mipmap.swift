// The picture at halving sizes: any crop at any scale then costs a bilinear look-up, without aliasing.

/// A grey picture and its copies, each half the size (areas averaged) of the one before, down to 32 pixels.
///
/// The detector's crops, its pyramid and the reader's rectified plates are all sampled from it.
package struct Mipmap: Sendable {
    /// Finest first; the first is the picture itself.
    package let levels: [GreyImage]

    package init(_ image: GreyImage) {
        var levels = [image]
        while let last = levels.last, min(last.width, last.height) >= 64 { levels.append(last.halved()) }
        self.levels = levels
    }

    package var image: GreyImage { levels[0] }

    /// The coarsest level that has at least as many pixels as a sampling at `pixelsPerPixel` (output pixels for one
    /// pixel of the full picture) needs.
    func level(pixelsPerPixel scale: Double) -> Int {
        guard scale > 0, scale < 1 else { return 0 }
        var level = 0
        var half = 0.5
        while level + 1 < levels.count, scale <= half * (1 + 1e-6) {
            level += 1
            half *= 0.5
        }
        return level
    }

    /// Bilinear crop: output pixel (x, y) shows the picture at `origin + (x, y) / scale`.
    ///
    /// - Parameters:
    ///   - originX, originY: pixels of the full picture, may lie outside.
    ///   - scaleX, scaleY: output pixels for one pixel of the full picture.
    ///   - target: first of `height` rows of `width` values, `rowLength` values from row to row; set to 0...255.
    ///   - outside: grey taken beyond the picture's edges.
    package func sample(
        originX: Double,
        originY: Double,
        scaleX: Double,
        scaleY: Double,
        width: Int,
        height: Int,
        into target: UnsafeMutablePointer<Float>,
        rowLength: Int,
        outside: Float
    ) {
        let source = levels[level(pixelsPerPixel: min(scaleX, scaleY))]
        let fineX = Double(image.width) / Double(source.width)
        let fineY = Double(image.height) / Double(source.height)
        let columns = Mipmap.taps(
            count: width,
            start: originX / fineX,
            step: 1 / (scaleX * fineX),
            limit: source.width
        )
        let rows = Mipmap.taps(
            count: height,
            start: originY / fineY,
            step: 1 / (scaleY * fineY),
            limit: source.height
        )
        let used = Mipmap.used(columns)
        source.pixels.withUnsafeBufferPointer { pixels in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: source.width) { line in
                guard let line = line.baseAddress, let pixels = pixels.baseAddress else { return }
                for (y, row) in rows.enumerated() {
                    let output = target + y * rowLength
                    guard row.firstInside || row.secondInside else {
                        output.update(repeating: outside, count: width)
                        continue
                    }
                    Mipmap.mixRows(pixels, source.width, row, used, outside, into: line)
                    for (x, column) in columns.enumerated() {
                        let left = column.firstInside ? line[column.first] : outside
                        let right = column.secondInside ? line[column.second] : outside
                        output[x] = left + (right - left) * column.weight
                    }
                }
            }
        }
    }

    /// One row of the source between two of its rows: what every output pixel of a row needs, computed side by side.
    private static func mixRows(
        _ pixels: UnsafePointer<UInt8>,
        _ width: Int,
        _ row: Tap,
        _ used: Range<Int>,
        _ outside: Float,
        into line: UnsafeMutablePointer<Float>
    ) {
        let upper = pixels + row.first * width
        let lower = pixels + row.second * width
        let weight = row.weight
        switch (row.firstInside, row.secondInside) {
        case (true, true) where weight == 0: for x in used { line[x] = Float(upper[x]) }
        case (true, true): for x in used { line[x] = Float(upper[x]) + (Float(lower[x]) - Float(upper[x])) * weight }
        case (true, false): for x in used { line[x] = Float(upper[x]) + (outside - Float(upper[x])) * weight }
        case (false, _): for x in used { line[x] = outside + (Float(lower[x]) - outside) * weight }
        }
    }

    /// Two neighbouring source pixels and the share of the second.
    private struct Tap {
        let first: Int
        let second: Int
        let firstInside: Bool
        let secondInside: Bool
        let weight: Float
    }

    /// The source pixels that some tap reads.
    private static func used(_ taps: [Tap]) -> Range<Int> {
        let first = taps.first { $0.firstInside || $0.secondInside }
        let last = taps.last { $0.firstInside || $0.secondInside }
        guard let first, let last else { return 0..<0 }
        return (first.firstInside ? first.first : first.second)..<((last.secondInside ? last.second : last.first) + 1)
    }

    private static func taps(count: Int, start: Double, step: Double, limit: Int) -> [Tap] {
        (0..<count).map { index in
            let position = min(max(start + (Double(index) + 0.5) * step - 0.5, -1e6), 1e6)
            let floor = position.rounded(.down)
            let first = Int(floor)
            let inside = (0..<limit).contains(first)
            let nextInside = (0..<limit).contains(first + 1)
            return Tap(
                first: inside ? first : 0,
                second: nextInside ? first + 1 : 0,
                firstInside: inside,
                secondInside: nextInside,
                weight: Float(position - floor)
            )
        }
    }
}
